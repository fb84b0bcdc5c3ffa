import TestSupport

/// The plaintext and associated data that RFC 8439 §2.8.2 and draft-irtf-cfrg-xchacha §A.3.1 share.
enum AEADSample {
  static let key = "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
  static let associated = hex("50515253c0c1c2c3c4c5c6c7")
  static let plaintext = Array(
    ("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
      + "sunscreen would be it.").utf8)
}
