/// One line for each rule: its id, what it says, and what goes wrong without it.
enum MLSRuleTexts {
  typealias Row = (id: String, description: String, effect: String)

  static let syntax: [Row] = [
    (
      "S1",
      "a presence byte is 0 or 1 (RFC 9420 §2.1.1)",
      "two encodings of one object, which sign and hash differently"
    ),
    (
      "S2",
      "a length has its shortest form, and no prefix 11 (RFC 9420 §2.1.2)",
      "two encodings of one object; off-by-one at the bounds of the forms"
    ),
    (
      "S3",
      "nothing is longer than the bytes that are left (RFC 9420 §2.1.2)",
      "reads out of bounds, or memory for what never comes"
    ),
    (
      "S4",
      "elements fill their vector, and a message its bytes, exactly (RFC 9420 §2.1)",
      "bytes that nobody signed are carried along"
    ),
    (
      "S5",
      "the content of a known extension is what its type says, and no more (RFC 9420 §13.4)",
      "members disagree on what the group agreed on"
    ),
    (
      "S6",
      "the version is mls10 everywhere, and the wire format is known (RFC 9420 §6, §10)",
      "objects of another version are read as if they were of this one"
    ),
    (
      "S7",
      "tags stand where they belong, and application data is never in the clear (RFC 9420 §6)",
      "a message passes without the proof that it needs; data that was meant to be secret"
    ),
    (
      "S8",
      "padding is all zero (RFC 9420 §6.3.1)",
      "a channel that nobody looks into"
    ),
    (
      "S9",
      "no extension type occurs twice in a list (RFC 9420 §13.4)",
      "each reader takes another one of the two; quadratic work"
    ),
    (
      "S10",
      "a ratchet tree has leaves in even places, parents in odd ones, and no blank at its end "
        + "(RFC 9420 §12.4.3.3)",
      "two encodings of one tree, and nodes that are taken for others"
    ),
    (
      "S11",
      "values that are reserved or unknown are not read as others (RFC 9420 §6, §7.2, §8.4, §12.4)",
      "a proposal that some members apply and others skip"
    ),
  ]

  static let cryptography: [Row] = [
    (
      "C1",
      "what is signed begins with the protocol's name and a label (RFC 9420 §5.1.2)",
      "a signature made for something else is taken for this"
    ),
    (
      "C3",
      "public keys and encapsulated keys have the KEM's length and agree on a secret (RFC 9420 "
        + "§5.1.3, RFC 9180 §7.1.4)",
      "a secret that everybody knows"
    ),
    (
      "C4",
      "key pairs come from their secrets by DeriveKeyPair (RFC 9420 §5.1.3, §7.4)",
      "members that derive other keys"
    ),
    (
      "C5",
      "a signature is checked in its one form, by a key that is one (RFC 9420 §5.1.2)",
      "signatures that anybody can make, or make again in another form"
    ),
    (
      "C6",
      "a proposal's name is a hash of the message that carried it, wire format included (RFC "
        + "9420 §5.2)",
      "a commit that refers to another proposal than was seen"
    ),
    (
      "C7",
      "the key schedule takes in the context of the new epoch (RFC 9420 §8)",
      "members that agree on secrets and not on the group"
    ),
    (
      "C8",
      "pre-shared keys enter in the order of their proposals (RFC 9420 §8.4)",
      "members that derive other secrets"
    ),
    (
      "C10",
      "the transcript covers every commit and its tag (RFC 9420 §8.2)",
      "members with different histories do not notice"
    ),
    (
      "C11",
      "the membership tag verifies, all of it (RFC 9420 §6.2)",
      "outsiders speak for members"
    ),
    (
      "C12",
      "a path is sealed with the context of the new epoch and the old transcript (RFC 9420 "
        + "§12.4.1)",
      "path secrets of one commit are moved into another one"
    ),
  ]

  static let tree: [Row] = [
    (
      "T1",
      "a resolution has the node and its unmerged leaves (RFC 9420 §4.1.1)",
      "a member is left out of the next epoch"
    ),
    (
      "T2",
      "a path has the nodes of the filtered direct path (RFC 9420 §4.1.2, §7.5)",
      "secrets that are taken for other nodes"
    ),
    (
      "T3",
      "a member opens the ciphertext for a key that it holds (RFC 9420 §7.5)",
      "members who came without a path cannot follow the next one"
    ),
    (
      "T4",
      "a path has one ciphertext for each key of the resolutions, newcomers left out (RFC 9420 "
        + "§7.6)",
      "members are left out, or newcomers learn too much"
    ),
    (
      "T5",
      "the keys that a path secret leads to are those of the path (RFC 9420 §7.5)",
      "members whose trees disagree with their private keys"
    ),
    (
      "T6",
      "the leaf of a path has the parent hash of the path (RFC 9420 §7.9)",
      "keys in the tree that their owner never put there"
    ),
    (
      "T7",
      "the commit secret is derived from the last path secret (RFC 9420 §7.4)",
      "members that derive other secrets"
    ),
    (
      "T8",
      "the context has the hash of the tree (RFC 9420 §7.8, §12.4.3.1)",
      "members with different trees do not notice"
    ),
    (
      "T9",
      "parent hashes leave out a parent's unmerged leaves and nobody else (RFC 9420 §7.9)",
      "sound trees are refused, or unsound ones taken"
    ),
    (
      "T10",
      "one chain of parent hashes leads to every parent, and its resolution fits (RFC 9420 §7.9.2)",
      "keys in the tree whose owner is no member"
    ),
    (
      "T11",
      "unmerged leaves ascend, are members below, and are listed in between (RFC 9420 §7.1, "
        + "§12.4.3.1)",
      "members that seal to different sets of keys"
    ),
    (
      "T12",
      "encryption keys and signature keys are unique in the tree (RFC 9420 §7.3, §12.4.3.1)",
      "one member stands for another; a removed one keeps reading"
    ),
    (
      "T13",
      "an Add takes the leftmost blank leaf (RFC 9420 §12.1.1)",
      "members with different trees"
    ),
    (
      "T15",
      "a newcomer's path secret leads to the keys of the tree (RFC 9420 §12.4.3.1)",
      "a member that cannot read the next commit"
    ),
    (
      "T16",
      "a newcomer finds its very own leaf in the tree (RFC 9420 §12.4.3.1)",
      "a member whose leaf somebody else made"
    ),
  ]

  static let leaves: [Row] = [
    (
      "L1",
      "the application vouches for every credential (RFC 9420 §5.3.1)",
      "strangers under a member's name"
    ),
    (
      "L2",
      "a leaf is signed by its key, with group and place unless it is of a key package (RFC "
        + "9420 §7.2, §7.3)",
      "leaves are moved between groups and places"
    ),
    (
      "L3",
      "every member supports what the group requires (RFC 9420 §7.2, §11.1)",
      "members that cannot follow the group"
    ),
    (
      "L4",
      "every member supports every credential type in use (RFC 9420 §7.3)",
      "members that cannot judge each other"
    ),
    (
      "L5",
      "a lifetime holds, and is not too long (RFC 9420 §7.2, §7.3)",
      "key packages of old devices come back"
    ),
    (
      "L6",
      "a leaf lists what it uses and no default type (RFC 9420 §7.2, §7.3)",
      "members that rely on what is not there"
    ),
    (
      "L7",
      "a leaf's source is where it came from, and an Update has a new key (RFC 9420 §7.2, §7.3)",
      "updates that heal nothing"
    ),
    (
      "L8",
      "a key that is free again may be used (RFC 9420 §7.3, §12.2)",
      "members that cannot come back"
    ),
  ]

  static let keyPackages: [Row] = [
    (
      "K1",
      "a key package is of the group's version and suite (RFC 9420 §10.1)",
      "keys of other algorithms in the tree"
    ),
    (
      "K2",
      "a new member supports what the group has (RFC 9420 §10.1, §13.4)",
      "members that cannot follow the group"
    ),
    (
      "K3",
      "a key package is signed by its leaf's key (RFC 9420 §10.1)",
      "anybody's init key under a member's name"
    ),
    (
      "K4",
      "the init key is not the leaf's key (RFC 9420 §10.1)",
      "deleting one key leaves the secret readable"
    ),
    (
      "K6",
      "extensions stand where they belong (RFC 9420 §13.4, §13.5, §17.3)",
      "extensions that only some readers heed"
    ),
  ]
}
