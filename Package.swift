// swift-tools-version: 6.2
import PackageDescription

// The architecture, read from the bottom up: every module of Core names only what stands below it, and Host is the only door
// to the outside. The compiler keeps the arrows pointing down.

/// Set by `scripts/trial`. The release build then leaves out the dynamic exclusivity checks (3.4 times faster on the event
/// loop), and lets modules inline and specialise each other's code (a seventh faster with many records); debug builds, in which the
/// tests run, keep the checks. An unset variable keeps the package usable as a dependency.
let isReleaseOfTrial = Context.environment["TRIAL_UNCHECKED_EXCLUSIVITY"] != nil

let settings: [SwiftSetting] =
  [.treatAllWarnings(as: .error), .enableExperimentalFeature("Lifetimes")]
  + (isReleaseOfTrial ? [.unsafeFlags(["-enforce-exclusivity=unchecked", "-cross-module-optimization"], .when(configuration: .release))] : [])

/// Set by `scripts/test`. The debug build then optimises what runs in every event of a trial, and keeps its assertions and exclusivity
/// checks: all tests together, which run hundreds of trials, take a third of the processor time. Optimising the other modules as well saves a tenth more.
let optimisesDebugBuild = Context.environment["TRIAL_OPTIMISED_DEBUG"] != nil

let trialSettings = settings + (optimisesDebugBuild ? [.unsafeFlags(["-O", "-assert-config", "Debug"], .when(configuration: .debug))] : [])

func core(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Sources/Core/\(name)", swiftSettings: trialSettings)
}

func module(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = [], settings: [SwiftSetting] = settings) -> Target {
  .target(name: name, dependencies: dependencies, path: "Sources/\(name)", resources: resources, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
  .testTarget(name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)Tests", resources: resources, swiftSettings: settings)
}

let orderedCollections = Target.Dependency.product(name: "OrderedCollections", package: "swift-collections")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")

/// Machine profiles that ship inside of the program.
let machineProfiles = ["cloud-gp3", "i3en-2xlarge", "kafka-4.3-jvm-2core", "kreps-2014", "laptop", "nvme-10g", "three-zones"].map { Resource.embedInCode("Machines/\($0).yaml") }

let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioSockets = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioLocks = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let rainbow = Target.Dependency.product(name: "Rainbow", package: "Rainbow")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
  name: "trial",
  dependencies: [
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/onevcat/Rainbow", from: "4.2.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/ordo-one/TextTable", from: "0.0.2"),
  ],
  targets: [
    // C shims, as thin as they can be.
    .target(name: "CChecksums", path: "Sources/CChecksums"),
    .target(name: "CDeterminismGuard", path: "Sources/CDeterminismGuard"),
    .target(name: "CFileSystem", path: "Sources/CFileSystem"),
    .target(name: "CMarks", path: "Sources/CMarks"),
    .target(name: "CRandomSalt", path: "Sources/CRandomSalt"),
    // The texts of the scenarios that ship.
    .target(name: "CScenarios", path: "Sources/CScenarios"),
    .systemLibrary(name: "CZstd", path: "Sources/CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CLz4", path: "Sources/CLz4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
    .systemLibrary(name: "CSnappy", path: "Sources/CSnappy", providers: [.apt(["libsnappy-dev"])]),
    .systemLibrary(name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    // Core: a Kafka without a world.
    core("Primitives", ["CChecksums", "CMarks", "CRandomSalt"]),
    core("Wire", ["Primitives", "CZstd", "CLz4", "CSnappy", "CZlib"]),
    core("Host", ["Primitives"]),
    core("Transport", ["Primitives", "Wire", "Host", deque]),
    core("Log", ["Primitives", "Wire", "Host", orderedCollections]),
    core("Raft", ["Primitives", "Wire", "Host", "Transport", "Log"]),
    core("Coordination", ["Primitives", "Wire", "Host"]),
    core("Groups", ["Primitives", "Wire", "Host", "Coordination", orderedCollections]),
    core("Transactions", ["Primitives", "Wire", "Host", "Coordination", orderedCollections]),
    core("Controller", ["Primitives", "Wire", "Host", "Transport", "Log", "Raft", "Coordination", orderedCollections]),
    core("Replication", ["Primitives", "Wire", "Host", "Transport", "Log", orderedCollections]),
    core(
      "Broker",
      ["Primitives", "Wire", "Host", "Transport", "Log", "Raft", "Coordination", "Groups", "Transactions", "Controller", "Replication", orderedCollections]),
    core("Client", ["Primitives", "Wire", "Host", "Transport", deque, orderedCollections]),

    // The simulated world, and what runs and is judged in it.
    module("Sim", ["Primitives", "Host", "CDeterminismGuard", heap, deque], settings: trialSettings),
    module("Workloads", ["Primitives", "Wire", "Host", "Client", orderedCollections, deque], settings: trialSettings),

    // The real world: sockets, files and clocks of the machine.
    module("Live", ["Primitives", "Host", "Log", "Raft", "Controller", "Broker", "CFileSystem", nio, nioSockets, nioLocks, heap]),

    // What runs came to: raw times become figures, figures are kept, compared and shown. None of the four knows what ran.
    module("Measurement", ["Primitives", "Host", "Workloads", .product(name: "Histogram", package: "hdrhistogram-swift")]),
    module("Results", ["Primitives", "Workloads", "Measurement"]),
    module("Compare", ["Primitives", "Workloads", "Measurement", "Results", rainbow]),
    module("Report", ["Primitives", "Workloads", "Measurement", "Results", "Compare", rainbow, .product(name: "TextTable", package: "TextTable")]),

    // Scenario files become trials, trials become results. Scenarios reads what files say; what happens in a scenario (faults, clients) is read where it is
    // carried out, in Trials.
    module(
      "Scenarios",
      [
        "Primitives", "Host", "Log", "Raft", "Groups", "Transactions", "Controller", "Replication", "Broker", "Client", "Sim", "Workloads", "CScenarios",
        .product(name: "Yams", package: "Yams"),
      ],
      resources: machineProfiles),
    module(
      "Trials",
      [
        "Primitives", "Wire", "Host", "Log", "Coordination", "Groups", "Transactions", "Raft", "Controller", "Replication", "Broker", "Client", "Sim", "Workloads",
        "Measurement", "Results", "Scenarios", orderedCollections,
      ]),
    // Many trials, or runs on real machines, that are measured and set side by side.
    module("Bench", ["Primitives", "Client", "Workloads", "Measurement", "Results", "Compare", "Report", "Scenarios", "Trials"]),
    // Scenarios on real sockets and disks.
    module(
      "LiveBench", ["Primitives", "Wire", "Host", "Client", "Sim", "Workloads", "Measurement", "Results", "Scenarios", "Trials", "Bench", "Live"],
      resources: [.embedInCode("Fidelity/published.csv")]),
    .executableTarget(
      name: "trial",
      dependencies: [
        "Primitives", "Host", "Client", "Sim", "Workloads", "Measurement", "Results", "Compare", "Report", "Scenarios", "Trials", "Bench", "Live", "LiveBench", logging,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/trial", swiftSettings: settings),

    .executableTarget(name: "codec-benchmark", dependencies: ["Primitives", "Wire"], path: "Benchmarks/Codec", swiftSettings: settings),
    .executableTarget(
      name: "replication-benchmark", dependencies: ["Sim", "Host", "Primitives", "Wire", "Log", "Transport", "Replication"],
      path: "Benchmarks/Replication", swiftSettings: settings),
    .executableTarget(
      name: "kernel-benchmark", dependencies: ["Sim", "Host", "Primitives"], path: "Benchmarks/Kernel", exclude: ["allocations"],
      swiftSettings: settings),

    // A cluster to measure.
    .target(
      name: "BenchmarkSupport", dependencies: ["Broker", "Controller", "Raft", "Sim", "Transport", "Wire", "Host", "Primitives"], path: "Benchmarks/Support",
      swiftSettings: settings),
    .executableTarget(
      name: "cluster-benchmark", dependencies: ["BenchmarkSupport", "Sim", "Transport", "Wire", "Host", "Primitives"], path: "Benchmarks/Cluster",
      swiftSettings: settings),
    .executableTarget(
      name: "groups-benchmark",
      dependencies: ["BenchmarkSupport", "Client", "Coordination", "Groups", "Sim", "Transport", "Wire", "Host", "Primitives"],
      path: "Benchmarks/Groups", swiftSettings: settings),

    .executableTarget(
      name: "metadata-benchmark",
      dependencies: ["BenchmarkSupport", "Broker", "Controller", "Raft", "Replication", "Sim", "Wire", "Host", "Primitives"],
      path: "Benchmarks/Metadata", swiftSettings: settings),

    .executableTarget(
      name: "judging-benchmark", dependencies: ["BenchmarkSupport", "Client", "Workloads", "Primitives"], path: "Benchmarks/Judging", swiftSettings: settings),

    // Foreign bytes against every decoder and handler: the targets, and what feeds them (scripts/fuzz).
    .target(
      name: "FuzzTargets",
      dependencies: [
        "Primitives", "Wire", "Host", "Log", "Raft", "Controller", "Broker", "Client", "Sim", "Live", "Workloads", "Results", "Compare", "Report", "Scenarios",
        "Trials", "Bench",
      ],
      path: "Fuzz/Targets",
      swiftSettings: settings),
    .executableTarget(name: "fuzz", dependencies: ["FuzzTargets", "Primitives"], path: "Fuzz/Driver", swiftSettings: settings),
    .target(name: "LibFuzzerEntry", dependencies: ["FuzzTargets", "Primitives"], path: "Fuzz/LibFuzzer", swiftSettings: settings),

    // For tests of rare places: that they are reached.
    .target(name: "MarkExpectations", dependencies: ["Primitives"], path: "Tests/MarkExpectations", swiftSettings: settings),
    tests("Primitives", ["Primitives"]),
    tests(
      "Broker", ["Primitives", "Host", "Wire", "Transport", "Log", "Raft", "Transactions", "Controller", "Replication", "Broker", "Sim"],
      resources: [.copy("Fixtures")]),
    tests("Coordination", ["Primitives", "Wire", "Host", "Coordination", "MarkExpectations"]),
    tests("Groups", ["Primitives", "Wire", "Host", "Coordination", "Groups", "MarkExpectations"]),
    tests("Transactions", ["Primitives", "Wire", "Host", "Coordination", "Transactions", "MarkExpectations"]),
    tests("Client", ["Primitives", "Wire", "Host", "Transport", "Client", "Workloads", "MarkExpectations"]),
    tests("Raft", ["Raft", "Log", "Sim", "Transport", "Primitives", "Host", "Wire", "MarkExpectations"]),
    tests("Controller", ["Controller", "Raft", "Sim", "Transport", "Primitives", "Host", "Wire", "MarkExpectations"], resources: [.copy("Fixtures")]),
    tests("Wire", ["Primitives", "Wire"], resources: [.copy("Fixtures")]),
    tests("Sim", ["Sim", "Primitives", "Host", "CDeterminismGuard"]),
    tests("Replication", ["Primitives", "Wire", "Host", "Transport", "Log", "Replication", "Sim", "MarkExpectations"]),
    .target(
      name: "ResultSamples", dependencies: ["Primitives", "Host", "Workloads", "Measurement", "Results", "Compare"], path: "Tests/ResultSamples", swiftSettings: settings),
    tests("Measurement", ["Primitives", "Host", "Workloads", "Measurement", "ResultSamples"]),
    tests("Results", ["Primitives", "Workloads", "Measurement", "Results", "ResultSamples"]),
    tests("Compare", ["Workloads", "Measurement", "Results", "Compare", "ResultSamples"]),
    tests("Report", ["Workloads", "Measurement", "Results", "Compare", "Report", "ResultSamples"]),
    tests("Workloads", ["Primitives", "Wire", "Workloads"]),
    tests("Scenarios", ["Primitives", "Sim", "Scenarios"]),
    tests(
      "Trials",
      [
        "Primitives", "Wire", "Host", "Log", "Coordination", "Controller", "Replication", "Broker", "Client", "Measurement", "Results", "Report", "Sim", "Workloads",
        "Scenarios", "Trials",
      ]),
    tests("Bench", ["Primitives", "Workloads", "Measurement", "Results", "Compare", "Scenarios", "Trials", "Bench"]),
    tests("Log", ["Primitives", "Wire", "Host", "Log", "MarkExpectations"], resources: [.copy("Fixtures")]),
    tests("LiveBench", ["Primitives", "Wire", "Host", "Log", "Replication", "Broker", "Client", "Sim", "Live", "Scenarios", "Trials", "LiveBench"]),
    tests("Live", ["Primitives", "Host", "Log", "Raft", "Controller", "Live", nio, nioSockets, nioLocks, .product(name: "NIOEmbedded", package: "swift-nio")]),
  ]
)
