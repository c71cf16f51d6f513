// Measures the processor time of metadata: until a broker has loaded a snapshot, and until a topic is led everywhere. Prints a line for each figure, with its ratio to
// the bound.
//
//     scripts/build-release metadata-benchmark && .build/release/metadata-benchmark [snapshot | topic] [partitions...]
//
// On a shared machine the figures vary by 20 %: instructions (valgrind --tool=callgrind) repeat exactly.

let arguments = CommandLine.arguments.dropFirst()
let parts = arguments.filter { Int($0) == nil }
let sizes = arguments.compactMap { Int($0) }
if let unknown = parts.first(where: { !["snapshot", "topic"].contains($0) }) { fatalError("no part is named \(unknown)") }
if parts.isEmpty || parts.contains("topic") { try benchmarkTopic(partitions: sizes.isEmpty ? [100, 1_000] : sizes) }
if parts.isEmpty || parts.contains("snapshot") { try benchmarkSnapshot(partitions: sizes.isEmpty ? [10_000, 100_000] : sizes) }
