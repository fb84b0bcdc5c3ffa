// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

let testSettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// A library layer: it may import only the targets named here.
func layer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: ["TestSupport"] + dependencies, swiftSettings: testSettings)
}

var targets: [Target] = [
  // Layers, lowest first.
  .systemLibrary(
    name: "CSodium", pkgConfig: "libsodium",
    providers: [.apt(["libsodium-dev"]), .brew(["libsodium"])]),
  .systemLibrary(
    name: "CSQLite", pkgConfig: "sqlite3",
    providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite3"])]),
  layer("CygnetPrimitives", ["CSodium"]),
  layer("CygnetWire", ["CygnetPrimitives"]),
  layer("CygnetHPKE", ["CygnetPrimitives"]),
  layer("CygnetPairwise", ["CygnetPrimitives", "CygnetWire"]),
  layer("CygnetSenderKeys", ["CygnetPrimitives", "CygnetWire"]),
  layer("CygnetMLS", ["CygnetPrimitives", "CygnetWire", "CygnetHPKE"]),
  layer("CygnetAttachments", ["CygnetPrimitives", "CygnetWire"]),
  layer("CygnetStorage", ["CygnetPrimitives", "CygnetWire"]),
  layer("CygnetSQLite", ["CSQLite", "CygnetPrimitives", "CygnetStorage"]),
  layer(
    "Cygnet",
    [
      "CygnetPrimitives", "CygnetWire", "CygnetHPKE", "CygnetPairwise", "CygnetSenderKeys",
      "CygnetMLS", "CygnetAttachments", "CygnetStorage",
    ]),
  // Test vectors: the public formats, our own, and the generator of ours.
  layer(
    "CygnetVectors",
    [
      "CygnetPrimitives", "CygnetWire", "CygnetHPKE", "CygnetPairwise", "CygnetSenderKeys",
      "CygnetMLS", "CygnetAttachments", "CygnetStorage", "Cygnet",
    ]),
  // Times the library beside bare libsodium calls, so it alone imports CSodium beside the wrapper.
  .target(
    name: "CygnetBenchmarks",
    dependencies: [
      "CSodium", "CygnetPrimitives", "CygnetWire", "CygnetHPKE", "CygnetPairwise",
      "CygnetSenderKeys", "CygnetMLS", "CygnetAttachments",
    ],
    swiftSettings: settings),
  .executableTarget(
    name: "cygnet-cli",
    dependencies: [
      "CygnetPrimitives", "CygnetWire", "CygnetHPKE", "CygnetPairwise", "CygnetSenderKeys",
      "CygnetAttachments", "CygnetStorage", "CygnetSQLite", "Cygnet", "CygnetVectors",
      "CygnetBenchmarks",
    ],
    swiftSettings: settings),

  // Tests and their tools.
  .target(
    name: "TestSupport",
    dependencies: [
      "CygnetPrimitives", "CygnetWire", "CygnetPairwise", "CygnetMLS", "CygnetAttachments",
      "CygnetVectors",
    ],
    path: "Tests/TestSupport", swiftSettings: testSettings),
  .executableTarget(
    name: "VectorGenerator", dependencies: ["CygnetPrimitives", "CygnetVectors"],
    path: "Tests/VectorGenerator", swiftSettings: testSettings),
  .target(name: "KillSwitch", path: "Tests/KillSwitch", swiftSettings: testSettings),
  .target(name: "SecretMarks", path: "Tests/ConstantTime/SecretMarks"),
  .executableTarget(
    name: "ConstantTimeCheck",
    dependencies: ["CygnetPrimitives", "CygnetWire", "CygnetPairwise", "SecretMarks"],
    path: "Tests/ConstantTime/Check", swiftSettings: testSettings),
  tests("CygnetPrimitivesTests", ["CygnetPrimitives", "CygnetVectors"]),
  tests("CygnetWireTests", ["CygnetPrimitives", "CygnetWire", "CygnetVectors"]),
  tests("CygnetHPKETests", ["CygnetPrimitives", "CygnetHPKE", "CygnetVectors"]),
  tests(
    "CygnetPairwiseTests", ["CygnetPrimitives", "CygnetWire", "CygnetPairwise", "CygnetVectors"]),
  tests(
    "CygnetSenderKeysTests",
    ["CygnetPrimitives", "CygnetWire", "CygnetSenderKeys", "CygnetVectors"]),
  tests(
    "CygnetAttachmentsTests",
    ["CygnetPrimitives", "CygnetWire", "CygnetAttachments", "CygnetVectors"]),
  tests(
    "CygnetMLSTests",
    ["CygnetPrimitives", "CygnetWire", "CygnetHPKE", "CygnetMLS", "CygnetVectors"]),
  tests("CygnetStorageTests", ["CygnetPrimitives", "CygnetWire", "CygnetStorage"]),
  .executableTarget(
    name: "StoreWorker", dependencies: ["CygnetPrimitives", "CygnetStorage", "CygnetSQLite"],
    path: "Tests/StoreWorker", swiftSettings: testSettings),
  tests(
    "CygnetSQLiteTests",
    ["CSQLite", "CygnetPrimitives", "CygnetStorage", "CygnetSQLite", "StoreWorker"]),
  tests(
    "ClientTests",
    [
      "CygnetPrimitives", "CygnetWire", "CygnetPairwise", "CygnetMLS", "CygnetAttachments",
      "CygnetStorage", "CygnetSQLite", "Cygnet", "CygnetVectors",
    ]),
  tests("VectorTests", ["CygnetPrimitives", "CygnetVectors"]),
  tests(
    "ConversationTests",
    [
      "CygnetPrimitives", "CygnetWire", "CygnetPairwise", "CygnetSenderKeys", "CygnetMLS",
      "CygnetVectors",
    ]),
  tests(
    "CLITests",
    [
      "CygnetPrimitives", "CygnetWire", "CygnetPairwise", "CygnetStorage", "CygnetSQLite", "Cygnet",
      "CygnetVectors", "cygnet-cli",
    ]),
  tests("LayeringTests", []),
  tests("ReadmeTests", ["Cygnet", "CygnetSQLite", "cygnet-cli"]),
]

var products: [Product] = [
  .library(name: "Cygnet", targets: ["Cygnet"]),
  .library(name: "CygnetSQLite", targets: ["CygnetSQLite"]),
  .executable(name: "cygnet", targets: ["cygnet-cli"]),
  // For the tests: ends a process at one of its writes.
  .library(name: "KillSwitch", type: .dynamic, targets: ["KillSwitch"]),
]

// Fuzzers need a compiler mode of their own, so a normal build never sees them: see Tests/Fuzz/run,
// which names those to build. Beside them there is only what they use.
if let fuzzers = Context.environment["FUZZ"] {
  let used = [
    "CygnetPrimitives", "CygnetWire", "CygnetHPKE", "CygnetPairwise", "CygnetSenderKeys",
    "CygnetMLS", "CygnetAttachments", "CygnetStorage", "Cygnet", "CygnetVectors", "TestSupport",
  ]
  targets.removeAll { $0.name != "CSodium" && !used.contains($0.name) }
  products = []
  // Optimising takes most of the time of a build, and the rest is quick enough without.
  let optimised: Set = ["CSodium", "CygnetPrimitives", "CygnetWire", "CygnetHPKE", "CygnetMLS"]
  for target in targets where !optimised.contains(target.name) {
    target.swiftSettings?.append(.unsafeFlags(["-Onone"]))
  }
  for name in [
    "FuzzWire", "FuzzHPKE", "FuzzSession", "FuzzTripleRatchet", "FuzzSenderKeys", "FuzzMLSWire",
    "FuzzMLS", "FuzzAttachment", "FuzzText", "FuzzJSON", "FuzzConformance",
  ] where fuzzers.split(separator: " ").contains(Substring(name)) {
    targets.append(
      .executableTarget(
        name: name,
        dependencies: used.map { .target(name: $0) },
        path: "Tests/Fuzz/\(name)", swiftSettings: testSettings + [.unsafeFlags(["-Onone"])]))
  }
}

let package = Package(
  name: "Cygnet",
  platforms: [.macOS(.v15), .iOS(.v18)],
  products: products,
  targets: targets
)
