// Measures the processor time of consumer groups: until a group has settled, for a commit, and for replaying commits. Prints a line for each figure, with its ratio to
// the bound, or to what it is compared with.
//
//     scripts/build-release groups-benchmark && .build/release/groups-benchmark [settling | commits | replays] [members...]
//
// On a shared machine the figures vary by 20 %: instructions (valgrind --tool=callgrind) repeat exactly.

let arguments = CommandLine.arguments.dropFirst()
let parts = arguments.filter { Int($0) == nil }
let sizes = arguments.compactMap { Int($0) }
if let unknown = parts.first(where: { !["settling", "commits", "replays"].contains($0) }) { fatalError("no part is named \(unknown)") }
if parts.isEmpty || parts.contains("replays") { benchmarkReplays() }
if parts.isEmpty || parts.contains("commits") { try benchmarkCommits() }
if parts.isEmpty || parts.contains("settling") { try benchmarkSettling(sizes: sizes.isEmpty ? [10, 25, 50, 100] : sizes) }
