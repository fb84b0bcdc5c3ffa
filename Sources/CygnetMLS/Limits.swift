extension MLS {
  /// Every bound of this implementation, with its reason.
  public enum Limits {
    /// Leaves of a tree, blank ones counted: more than any group in use, and 40 MiB of leaves. With
    /// suite 0x004D, whose keys are 38 times as long, the bytes of a message are met before: by the
    /// tree with some 25,000 members, by a commit to keys of single members with 57,000.
    public static let leafCount = 1 << 17
    /// Bytes of one message: a Welcome or commit for the largest group of suite 0x0003 fits.
    public static let messageByteCount = 1 << 26
    /// Bytes of one opaque field, which a message bounds further.
    package static let opaqueByteCount = messageByteCount
    /// Extensions of one list. Each costs a look-up; nobody uses more than ten.
    public static let extensionCount = 128
    /// Values of one list of a leaf's capabilities.
    public static let capabilityCount = 512
    /// Proposals of one commit: as many as there are leaves to remove and to add.
    package static let proposalCount = 2 * leafCount
    /// Pre-shared keys of one commit or welcome; each costs four hashes.
    public static let preSharedKeyCount = 256
    /// External senders of one group.
    public static let externalSenderCount = 256
    /// Certificates of one X.509 credential.
    package static let certificateCount = 32
    /// Nodes of an update path: the height of the largest tree.
    package static let pathNodeCount = 17
    /// How far ahead of the last message a message of the same sender may be (§15.3): each step
    /// costs two hashes.
    public static let forwardDistance: UInt32 = 1_000
    /// Keys of skipped messages kept per sender and ratchet; the oldest goes first.
    public static let skippedKeyCount = 1_000
    /// Keys of skipped messages kept per epoch, over all senders: a member can make messages that
    /// skip keys of everybody, and a key takes some 200 bytes.
    public static let epochSkippedKeyCount = 16_384
    /// Messages that one sender may send in one epoch, far below what the AEAD bears (§15.1).
    public static let generationCount: UInt32 = 1 << 24
    /// Past epochs whose application messages still open, unless configured.
    public static let pastEpochCount = 3
    /// Seconds for which they do, unless configured: a day.
    public static let pastEpochSeconds: UInt64 = 86_400
    /// Proposals held for one epoch: each member's own several times, and not a flood.
    public static let pendingProposalCount = 4_096
    /// Their bytes altogether, which every stored state carries.
    public static let pendingProposalByteCount = messageByteCount
    /// Proposals of strangers among them, who ask to be added: none crowds out the members'.
    public static let newcomerProposalCount = 512
    /// Their bytes altogether.
    public static let newcomerProposalByteCount = 1 << 22
    /// Random bytes of a group id that is made here (§11): with 80 bits a billion groups collide with
    /// a chance below one in a million, and each message carries them.
    public static let newGroupIDByteCount = 10
    /// The longest lifetime of a key package that is accepted unless configured: a year, and a month
    /// of tolerance for clocks and habits.
    public static let lifetimeSeconds: UInt64 = 400 * 86_400
  }
}
