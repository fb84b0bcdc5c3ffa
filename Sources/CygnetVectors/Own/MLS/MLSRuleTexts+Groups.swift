extension MLSRuleTexts {
  static let proposals: [Row] = [
    (
      "P1",
      "the key package of an Add is sound (RFC 9420 §12.1.1)",
      "unsound leaves in the tree"
    ),
    (
      "P2",
      "an Update replaces its sender's leaf soundly (RFC 9420 §12.1.2)",
      "unsound leaves in the tree"
    ),
    (
      "P3",
      "a Remove names a member (RFC 9420 §12.1.3)",
      "members whose trees disagree; a crash"
    ),
    (
      "P4",
      "the nonce of a pre-shared key has the hash's length, and its use fits (RFC 9420 §8.4, "
        + "§12.1.4)",
      "a key of another occasion is mixed in"
    ),
    (
      "P5",
      "a ReInit is not to an older version (RFC 9420 §12.1.5)",
      "a group falls back to what was given up"
    ),
    (
      "P6",
      "an ExternalInit stands in external commits and has a KEM output (RFC 9420 §12.1.6)",
      "a member replaces the secrets of the group"
    ),
    (
      "P7",
      "every member supports the group's extensions (RFC 9420 §12.1.7, §13.4)",
      "members that cannot follow the group"
    ),
    (
      "P8",
      "outsiders propose what they may, under their own key (RFC 9420 §12.1.8)",
      "strangers change the group"
    ),
    (
      "P9",
      "commits refer to proposals of their epoch, once each (RFC 9420 §12.4)",
      "a change is applied twice or late"
    ),
  ]

  static let lists: [Row] = [
    (
      "V1",
      "every proposal of a commit is sound by itself (RFC 9420 §12.2)",
      "what would not be taken as a proposal comes in by a commit"
    ),
    (
      "V2",
      "the committer does not update itself (RFC 9420 §12.2)",
      "two new leaves for one member"
    ),
    (
      "V3",
      "the committer does not remove itself (RFC 9420 §12.2)",
      "a group keyed by somebody who left"
    ),
    (
      "V4",
      "one change for each leaf (RFC 9420 §12.2)",
      "members apply another one of the two"
    ),
    (
      "V5",
      "a client is added once (RFC 9420 §12.2)",
      "a client with two leaves, of which one is forgotten"
    ),
    (
      "V6",
      "a client is added that is not in the group, or is removed with it (RFC 9420 §12.2)",
      "a client with two leaves"
    ),
    (
      "V7",
      "a pre-shared key is used once (RFC 9420 §12.2)",
      "members count it differently"
    ),
    (
      "V8",
      "the extensions are replaced once (RFC 9420 §12.2)",
      "members apply another one of the two"
    ),
    (
      "V9",
      "a ReInit stands alone (RFC 9420 §12.2)",
      "changes to a group that is closed"
    ),
    (
      "V10",
      "a member's commit has no ExternalInit (RFC 9420 §12.2)",
      "a member replaces the secrets of the group"
    ),
    (
      "V11",
      "those who process a commit support its proposals' types (RFC 9420 §12.2)",
      "members that cannot follow the group"
    ),
    (
      "V12",
      "the tree after the commit is sound (RFC 9420 §12.2)",
      "unsound leaves in the tree"
    ),
    (
      "V13",
      "proposals are applied in their order (RFC 9420 §12.3)",
      "members with different trees"
    ),
  ]

  static let externalCommits: [Row] = [
    (
      "X1",
      "an external commit has one ExternalInit, at most one Remove and pre-shared keys (RFC "
        + "9420 §12.2)",
      "strangers change more of the group than their own place"
    ),
    (
      "X2",
      "an external commit refers to no proposal (RFC 9420 §12.2, §12.4.3.2)",
      "a stranger commits what members proposed"
    ),
    (
      "X3",
      "an external commit has a path (RFC 9420 §12.4.3.2)",
      "an epoch without keys of the newcomer"
    ),
    (
      "X4",
      "an external commit is signed by its leaf's key (RFC 9420 §6.1, §12.4.3.2)",
      "a stranger joins under another name"
    ),
    (
      "X5",
      "a GroupInfo is signed by a member (RFC 9420 §12.4.3)",
      "a newcomer joins a group that is none"
    ),
    (
      "X6",
      "a joiner's leaf is the leftmost blank one after the Remove (RFC 9420 §12.4.3.2)",
      "members with different trees"
    ),
    (
      "X7",
      "the init secret of an external commit is the exported one (RFC 9420 §8.3)",
      "members that derive other secrets"
    ),
    (
      "X8",
      "a client joins once (RFC 9420 §12.2)",
      "a client with two leaves"
    ),
    (
      "X9",
      "a GroupInfo for external commits has their key (RFC 9420 §12.4.3.2)",
      "a join that nobody can follow"
    ),
  ]

  static let commits: [Row] = [
    (
      "M1",
      "a message is of the group and the epoch (RFC 9420 §6, §12.4.2)",
      "old messages come again"
    ),
    (
      "M2",
      "a message is of its epoch's keys (RFC 9420 §12.4.2)",
      "messages are moved between epochs"
    ),
    (
      "M3",
      "a message is signed by its sender's key in that epoch (RFC 9420 §6.1, §12.4.2)",
      "members speak for each other"
    ),
    (
      "M4",
      "a commit has the path and the keys that it needs, and its path is new (RFC 9420 §12.4, "
        + "§12.4.2)",
      "an epoch that does not heal, or that some cannot enter"
    ),
    (
      "M5",
      "the confirmation tag verifies, all of it (RFC 9420 §12.4.2)",
      "members in different epochs do not notice"
    ),
    (
      "M8",
      "a commit that removes the reader is no fault (RFC 9420 §12.4.2)",
      "members that do not know that they are out"
    ),
    (
      "M10",
      "a group closed by a ReInit stays closed, and its successor is what was promised (RFC "
        + "9420 §11.2)",
      "a group is replaced by another one than was agreed on"
    ),
    (
      "M11",
      "an own commit is only followed with its secrets (RFC 9420 §12.4.2)",
      "a member that enters an epoch without keys"
    ),
    (
      "M12",
      "a commit that brings a new signature key is signed by the old one (RFC 9420 §6.1, §12.4.1)",
      "members are locked out when keys change"
    ),
  ]

  static let joining: [Row] = [
    (
      "J1",
      "a Welcome names the key package and is of its suite (RFC 9420 §12.4.3.1)",
      "a Welcome for somebody else, or a crash"
    ),
    (
      "J2",
      "group secrets are sealed to their GroupInfo (RFC 9420 §12.4.3.1)",
      "secrets of one Welcome are moved into another one"
    ),
    (
      "J3",
      "the pre-shared keys of a Welcome are held, and at most one ties the group to another "
        + "(RFC 9420 §12.4.3.1)",
      "a newcomer joins without what others rely on"
    ),
    (
      "J4",
      "the GroupInfo is signed by a member and fits its tree (RFC 9420 §12.4.3.1)",
      "a newcomer joins a group that is none"
    ),
    (
      "J5",
      "the tree is checked before its keys verify anything (RFC 9420 §12.4.3.1)",
      "work for whoever sends anything"
    ),
    (
      "J6",
      "a subgroup is of its parent's members, suite and first epoch (RFC 9420 §11.3, §12.4.3.1)",
      "strangers in a group that was meant for some"
    ),
    (
      "J7",
      "group secrets have a list of pre-shared keys (RFC 9420 §12.4.3.1)",
      "Welcomes of one library that no other reads"
    ),
  ]

  static let messages: [Row] = [
    (
      "A1",
      "the nonce has the reuse guard on it (RFC 9420 §6.3.1)",
      "nonces that repeat"
    ),
    (
      "A2",
      "sender data is sealed with group, epoch and kind, under a key of the ciphertext (RFC "
        + "9420 §6.3.2)",
      "messages that are moved between senders"
    ),
    (
      "A3",
      "the content is sealed with group, epoch, kind and authenticated data (RFC 9420 §6.3.1)",
      "data that nobody authenticated"
    ),
    (
      "A4",
      "the sender is a member, and not too far ahead (RFC 9420 §6.3.2, §15.3)",
      "work for whoever sends anything"
    ),
    (
      "A5",
      "a key opens one message (RFC 9420 §9.2)",
      "messages come again"
    ),
    (
      "A6",
      "handshakes and application messages have ratchets of their own (RFC 9420 §9.1)",
      "keys that are used twice"
    ),
    (
      "A8",
      "late messages open while their epoch is kept, and only those of applications (RFC 9420 "
        + "§15.3)",
      "messages are lost, or old commits come again"
    ),
    (
      "A9",
      "an own message is known as one (RFC 9420 §6.3.2)",
      "an error for what the delivery service sends back"
    ),
    (
      "A11",
      "the signature is verified after decryption (RFC 9420 §6.3.1)",
      "members speak for each other"
    ),
  ]

  static let identity: [Row] = [
    (
      "I5",
      "a group's name is joined once (RFC 9420 §11, §12.4.3.1)",
      "a group takes the place of another one"
    )
  ]
}
