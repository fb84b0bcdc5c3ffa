public import CygnetSenderKeys

/// What an envelope brought.
public enum ClientEvent: Sendable {
  /// A message, from a contact or by a broadcast list of theirs. The store keeps it until
  /// `confirmDelivered`.
  case message(IncomingMessage)
  /// A contact shared the chain of a broadcast list, so that what it sends to the list can be read
  /// from now on. There is nothing to confirm.
  case broadcastShared(by: Contact, distributionID: DistributionID)
}
