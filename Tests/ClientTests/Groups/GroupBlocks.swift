import CygnetMLS
import CygnetPrimitives
import CygnetWire

/// What tests know of the records that hold a group's state.
enum GroupBlocks {
  /// The name that a block states behind its header, group and epoch.
  static func name(of block: SecretBytes) throws(CygnetError) -> MLS.BlockName {
    try Reader.read(block) { (reader) throws(CygnetError) in
      try reader.skip(3)
      try reader.skipOpaque(0...255)
      try reader.skip(8)
      let name = try MLS.BlockName(from: &reader)
      try reader.skip(reader.remaining)
      return name
    }
  }
}
