/// Messaging Layer Security (RFC 9420): group keys with forward secrecy and post-compromise
/// security for groups of two to tens of thousands.
public enum MLS {}
