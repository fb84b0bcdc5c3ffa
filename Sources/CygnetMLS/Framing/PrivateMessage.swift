package import CygnetPrimitives
package import CygnetWire

///     struct {
///       opaque group_id<V>;
///       uint64 epoch;
///       ContentType content_type;
///       opaque authenticated_data<V>;
///       opaque encrypted_sender_data<V>;
///       opaque ciphertext<V>;
///     } PrivateMessage;
///
/// A message that is signed and encrypted (RFC 9420 §6.3).
package struct PrivateMessage: Hashable, Sendable, WireEncodable, WireDecodable {
  package let groupID: MLS.GroupID
  package let epoch: MLS.Epoch
  package let contentType: MLS.ContentType
  package let authenticatedData: [UInt8]
  package let encryptedSenderData: [UInt8]
  package let ciphertext: [UInt8]

  package init(
    groupID: MLS.GroupID, epoch: MLS.Epoch, contentType: MLS.ContentType,
    authenticatedData: [UInt8], encryptedSenderData: [UInt8], ciphertext: [UInt8]
  ) {
    self.groupID = groupID
    self.epoch = epoch
    self.contentType = contentType
    self.authenticatedData = authenticatedData
    self.encryptedSenderData = encryptedSenderData
    self.ciphertext = ciphertext
  }

  package func encode(into writer: inout Writer) throws(CygnetError) {
    try groupID.encode(into: &writer)
    try epoch.encode(into: &writer)
    try contentType.encode(into: &writer)
    try writer.write(opaque: authenticatedData)
    try writer.write(opaque: encryptedSenderData)
    try writer.write(opaque: ciphertext)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    let bounds = 0...MLS.Limits.opaqueByteCount
    groupID = try MLS.GroupID(from: &reader)
    epoch = try MLS.Epoch(from: &reader)
    contentType = try MLS.ContentType(from: &reader)
    authenticatedData = try reader.readOpaque(bounds)
    encryptedSenderData = try reader.readOpaque(bounds)
    ciphertext = try reader.readOpaque(bounds)
  }
}
