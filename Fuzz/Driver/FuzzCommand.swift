import Foundation
import FuzzTargets
import Primitives

/// Feeds the targets with the inputs of a corpus and with mutations of them, always the same for a seed.
///
///     fuzz [--seconds 60] [--seed 1] [--corpus Fuzz/Corpus] [--out .build/fuzz] [TARGET...]
///     fuzz TARGET --input FILE
///
/// Inputs run in processes that are forked after all preparations, so a process that crashes takes nothing with it. A fault is a trap, a finding of a
/// target, more processor time than `secondsOfInput`, or more memory than `memoryOfInput`. Its input is kept as `OUT/found-TARGET-N`; the exit status is then 2.
@main
struct FuzzCommand {
  static let secondsOfInput = 20
  static let memoryOfInput = 256 << 20

  static func main() {
    let options = Options(CommandLine.arguments.dropFirst())
    let targets = options.targets.isEmpty ? FuzzTarget.all : options.targets
    if let input = options.input {
      guard let data = FileManager.default.contents(atPath: input) else { fail("there is no file \(input)") }
      explainsInputs = true
      return print("\(targets[0].run(Bytes([UInt8](data)))) requests")
    }
    try? FileManager.default.createDirectory(atPath: options.out, withIntermediateDirectories: true)
    var inputs = 0, requests = 0, found = 0, peak = 0
    // Targets with state have more to find.
    let shares = targets.map { $0.isUsedUp ? 4.0 : 1.0 }
    for (target, share) in zip(targets, shares) {
      let seconds = options.seconds * share / shares.reduce(0, +)
      var run = TargetRun(target, options)
      run.run(seconds: seconds)
      (inputs, requests, found, peak) = (inputs + run.inputs, requests + run.requests, found + run.found, max(peak, run.peakMemory))
      let name = target.name.padding(toLength: 12, withPad: " ", startingAt: 0)
      print("\(name) \(run.inputs) inputs, \(run.requests) requests in \(Int(seconds)) s, peak memory \(run.peakMemory >> 20) MB, found \(run.found)")
      fflush(nil)
    }
    print("\(inputs) inputs, \(requests) requests, peak memory \(peak >> 20) MB, found \(found)")
    exit(found == 0 ? 0 : 2)
  }

  static func fail(_ words: String) -> Never {
    FileHandle.standardError.write(Data("error: \(words)\n".utf8))
    exit(64)
  }
}

struct Options {
  var seconds = 60.0
  var seed: UInt64 = 1
  var corpus = "Fuzz/Corpus"
  var out = ".build/fuzz"
  var input: String?
  var targets: [FuzzTarget] = []

  init(_ arguments: ArraySlice<String>) {
    var rest = Array(arguments)[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("--") else {
        guard let target = FuzzTarget.all.first(where: { $0.name == word }) else {
          FuzzCommand.fail("there is no target \(word); known: \(FuzzTarget.all.map(\.name).joined(separator: ", "))")
        }
        targets.append(target)
        continue
      }
      guard let value = rest.popFirst() else { FuzzCommand.fail("\(word) needs a value") }
      switch word {
      case "--seconds":
        guard let number = Double(value), number > 0 else { FuzzCommand.fail("\(value) is not a time") }
        seconds = number
      case "--seed":
        guard let number = UInt64(value) else { FuzzCommand.fail("\(value) is not a seed") }
        seed = number
      case "--corpus": corpus = value
      case "--out": out = value
      case "--input": input = value
      default: FuzzCommand.fail("there is no option \(word)")
      }
    }
    if input != nil, targets.count != 1 { FuzzCommand.fail("--input needs one target") }
  }
}

/// One target being fuzzed.
struct TargetRun {
  private let target: FuzzTarget
  private let corpus: [Bytes]
  private let options: Options
  private let file: Int32
  /// The progress of the forked process.
  private let progress: UnsafeMutablePointer<Progress>
  private(set) var inputs = 0
  private(set) var requests = 0
  private(set) var found = 0
  /// The peak memory of a process, in bytes.
  private(set) var peakMemory = 0

  private struct Progress { var inputs = 0, requests = 0 }

  /// The number of findings after which a target is abandoned.
  private static let mostFound = 10

  init(_ target: FuzzTarget, _ options: Options) {
    self.target = target
    self.options = options
    let folder = "\(options.corpus)/\(target.name)"
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    corpus = names.map { Bytes([UInt8](FileManager.default.contents(atPath: "\(folder)/\($0)") ?? Data())) }
    if corpus.isEmpty { FuzzCommand.fail("\(folder) holds no inputs") }
    file = open("\(options.out)/\(target.name).input", O_RDWR | O_CREAT, 0o644)
    let shared = mmap(nil, MemoryLayout<Progress>.size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
    guard file >= 0, let shared, shared != MAP_FAILED else { FuzzCommand.fail("\(options.out) cannot be written") }
    progress = shared.bindMemory(to: Progress.self, capacity: 1)
  }

  mutating func run(seconds: Double) {
    let end = Date().addingTimeInterval(seconds)
    target.prepare()
    while found < Self.mostFound, inputs < corpus.count || Date() < end {
      progress.initialize(to: Progress())
      let process = fork()
      if process == 0 { runInputs(from: inputs, count: target.isUsedUp ? 1 : 500) }
      guard process > 0 else { FuzzCommand.fail("no process can be forked") }
      var status: Int32 = 0
      var usage = rusage()
      wait4(process, &status, 0, &usage)
      let peak = Int(usage.ru_maxrss) << 10
      peakMemory = max(peakMemory, peak)
      inputs += progress.pointee.inputs
      requests += progress.pointee.requests
      if status != 0 {
        inputs += 1
        keep("signal \(status & 0x7f)")
      } else if peak - Self.memoryHeld > FuzzCommand.memoryOfInput {
        keep("\((peak - Self.memoryHeld) >> 20) MB of memory")
      }
    }
    close(file)
  }

  /// Runs in the forked process.
  private func runInputs(from first: Int, count: Int) -> Never {
    for number in first..<first + count {
      let input = input(number)
      input.withUnsafeBytes { bytes in
        _ = pwrite(file, bytes.baseAddress, bytes.count, 0)
        _ = ftruncate(file, bytes.count)
      }
      limit(seconds: FuzzCommand.secondsOfInput)
      progress.pointee.requests += target.run(input)
      limit(seconds: 0)
      progress.pointee.inputs += 1
    }
    _exit(0)
  }

  /// Ends the process with a signal after this much of its own processor time, independent of other load; 0 removes the limit. A process that waits uses no
  /// processor time, so ten times as long by the clock ends it too.
  private func limit(seconds: Int) {
    var timer = itimerval(it_interval: timeval(), it_value: timeval(tv_sec: seconds, tv_usec: 0))
    setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil)
    alarm(UInt32(10 * seconds))
  }

  private func input(_ number: Int) -> Bytes {
    if number < corpus.count { return corpus[number] }
    var random = RandomStream(seed: options.seed, purpose: "input", Int64(number))
    let base = random.pick(corpus), other = random.pick(corpus)
    var mutator = InputMutator(random: random, largest: target.largestInput)
    return mutator.changed(base, with: other)
  }

  /// Keeps the current input, and continues after it.
  private mutating func keep(_ reason: String) {
    found += 1
    let path = "\(options.out)/found-\(target.name)-\(found)"
    try? FileManager.default.removeItem(atPath: path)
    try? FileManager.default.copyItem(atPath: "\(options.out)/\(target.name).input", toPath: path)
    print("FOUND \(target.name), input \(inputs - 1) of seed \(options.seed): \(reason); fuzz \(target.name) --input \(path)")
    fflush(nil)
  }

  /// The memory of this process now.
  private static var memoryHeld: Int {
    let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }
}

/// Mutates an input as fuzzers do: bits, bytes, integers at the ends of their ranges; pieces inserted, removed, repeated or taken from another input.
struct InputMutator {
  var random: RandomStream
  let largest: Int

  mutating func changed(_ input: Bytes, with other: Bytes) -> Bytes {
    var content = input.array
    for _ in 0...random.below(6) { change(&content, other.array) }
    return Bytes(content.prefix(largest))
  }

  private mutating func change(_ content: inout [UInt8], _ other: [UInt8]) {
    guard !content.isEmpty else { return content = other }
    let place = Int(random.below(Int64(content.count)))
    let length = Int(1 + random.below(Int64(min(64, content.count - place))))
    switch random.below(9) {
    case 0: content[place] ^= 1 << UInt8(random.below(8))
    case 1, 2: content[place] = UInt8(truncatingIfNeeded: random.next())
    case 3:
      let size = 1 << Int(random.below(4)), isLargest = random.below(2) == 0
      for index in 0..<min(size, content.count - place) { content[place + index] = isLargest ? (index == 0 ? 0x7f : 0xff) : (index == 0 ? 0x80 : 0) }
    case 4: for index in content.indices[place...].prefix(length) { content[index] = 0xff }
    case 5: content.removeSubrange(place..<place + length)
    case 6: content.insert(contentsOf: content[place..<place + length], at: place)
    case 7: content.insert(contentsOf: (0..<random.below(8)).map { _ in UInt8(truncatingIfNeeded: random.next()) }, at: place)
    default:
      guard !other.isEmpty else { return }
      // Steps of a sequence are eight bytes long.
      let from = Int(random.below(Int64(other.count))) / 8 * 8
      content.insert(contentsOf: other[from...].prefix(8 * Int(1 + random.below(4))), at: place / 8 * 8)
    }
  }
}
