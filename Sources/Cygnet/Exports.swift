// The whole library under one import. Each layer with an interface for applications is exported;
// the codec has none and stays inside.

@_exported public import CygnetAttachments
@_exported public import CygnetHPKE
@_exported public import CygnetMLS
@_exported public import CygnetPairwise
@_exported public import CygnetPrimitives
@_exported public import CygnetSenderKeys
@_exported public import CygnetStorage
