import CygnetPairwise
import CygnetPrimitives
import CygnetWire

/// What the signature of a signed prekey covers, written field by field: suite 1, id 1, at
/// `TestDevice.now`.
package struct SignedContentForTests: WireEncodable {
  private let address: DeviceAddress
  private let key: X25519.PublicKey

  package init(address: DeviceAddress, key: X25519.PublicKey) {
    self.address = address
    self.key = key
  }

  package func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(UInt16(1))
    try writer.write(opaque: address.user)
    writer.write(address.device)
    writer.write(UInt32(1))
    writer.write(TestDevice.now.seconds)
    writer.write(UInt8(2))
    writer.write(fixed: key.bytes)
  }
}
