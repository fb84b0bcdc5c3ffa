internal import CygnetHPKE
internal import CygnetPrimitives

/// What the vectors of HPKE read in the same way: the suite of a group, and the mode of a test with
/// its pre-shared key.
extension VectorLedger {
  mutating func hpkeSuite() throws(CygnetError) -> HPKE.CipherSuite {
    HPKE.CipherSuite(
      kem: try HPKE.KEM(id: uint16("kem_id")), kdf: try HPKE.KDF(id: uint16("kdf_id")),
      aead: try HPKE.AEAD(id: uint16("aead_id")))
  }

  private mutating func uint16(_ key: String) throws(CygnetError) -> UInt16 {
    guard let number = UInt16(exactly: try integer(key)) else {
      throw failure("\"\(key)\" does not fit in 16 bits")
    }
    return number
  }

  /// `senderKey` is asked for in the modes that have one, and `psk` and `psk_id` are there in the
  /// modes that use them and `null` in the others. An unfit key is an error of the test's subject,
  /// hence the result.
  mutating func hpkeMode<SenderKey>(
    _ senderKey: SenderKey?
  ) throws(CygnetError) -> Result<HPKE.Mode<SenderKey>, CygnetError> {
    let mode = try integer("mode")
    let (psk, id) = (try optionalBytes("psk"), try optionalBytes("psk_id"))
    guard (psk != nil) == [1, 3].contains(mode), (id != nil) == (psk != nil) else {
      throw failure("\"psk\" and \"psk_id\" belong to modes 1 and 3")
    }
    guard (senderKey != nil) == [2, 3].contains(mode) else {
      throw failure("a sender's key belongs to modes 2 and 3")
    }
    return Self.attempt { () throws(CygnetError) in
      let preSharedKey: HPKE.PreSharedKey? =
        if let psk, let id {
          try HPKE.PreSharedKey(id: id, secret: SecretBytes(copying: psk))
        } else {
          nil
        }
      return switch (senderKey, preSharedKey) {
      case (nil, nil): .base
      case (nil, let key?): .psk(key)
      case (let own?, nil): .auth(own)
      case (let own?, let key?): .authPSK(own, key)
      }
    }
  }
}

extension HPKE.CipherSuite {
  /// The parameters of a group.
  var groupParameters: KeyValuePairs<String, JSON> {
    [
      "kem_id": .integer(Int(kem.id)), "kdf_id": .integer(Int(kdf.id)),
      "aead_id": .integer(Int(aead.id)),
    ]
  }
}
