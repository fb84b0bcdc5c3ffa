public import CygnetPrimitives
internal import CygnetWire

/// When a sender begins a new chain although nobody left. A chain heals of nothing by itself: who
/// stole it reads on until the sender rotates, so it should not live long.
public struct SenderKeyRotationPolicy: Equatable, Sendable {
  /// Messages after which the sender should rotate.
  public let messageCount: UInt32
  /// Seconds after which the sender should rotate.
  public let age: UInt64
  /// Messages after which the sender can only rotate.
  public let hardLimit: UInt32

  /// - Throws: `limitExceeded` unless `1 <= messageCount <= hardLimit <= 2^32 − 2` and `age >= 1`.
  public init(messageCount: UInt32, age: UInt64, hardLimit: UInt32) throws(CygnetError) {
    guard messageCount >= 1, messageCount <= hardLimit, age >= 1,
      hardLimit <= SenderKeyLimits.maxChainLength
    else { throw CygnetError(.limitExceeded, "a chain has 1 to 2^32 - 2 messages and some time") }
    self.init(checkedMessageCount: messageCount, age: age, hardLimit: hardLimit)
  }

  private init(checkedMessageCount: UInt32, age: UInt64, hardLimit: UInt32) {
    messageCount = checkedMessageCount
    self.age = age
    self.hardLimit = hardLimit
  }

  /// 1,000 messages or 7 days; never more than 2,000 messages, which is what one message may skip,
  /// so that a member who missed a whole chain still reads its last message.
  public static let standard = SenderKeyRotationPolicy(
    checkedMessageCount: 1_000, age: 7 * 24 * 3600, hardLimit: SenderKeyLimits.maxSkip)
}

extension SenderKeyRotationPolicy {
  ///     struct {
  ///       uint32 message_count;
  ///       uint64 age;                   // seconds
  ///       uint32 hard_limit;
  ///     } SenderKeyRotationPolicy;
  func encode(into writer: inout Writer) {
    writer.write(messageCount)
    writer.write(age)
    writer.write(hardLimit)
  }

  init(from reader: inout Reader) throws(CygnetError) {
    let messageCount = try reader.readUInt32()
    let age = try reader.readUInt64()
    let hardLimit = try reader.readUInt32()
    do throws(CygnetError) {
      try self.init(messageCount: messageCount, age: age, hardLimit: hardLimit)
    } catch { throw CygnetError(.malformed, "no rotation policy has these bounds") }
  }
}
