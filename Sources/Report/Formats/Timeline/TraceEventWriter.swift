import Primitives
import Results

/// The text of a file in Chrome's trace event format: it gives slices their threads and names processes and threads before their first events.
///
/// Two slices of a track that overlap have threads of their own, so that `B` and `E` of a thread always pair up.
struct TraceEventWriter {
  private(set) var eventCount = 0

  private let write: (String) -> Void
  private var threads: [TraceTrack: [Thread]] = [:]
  private var nextThread = Self.firstThread
  private var open: [TraceSlice: OpenSlice] = [:]
  private var lastTime = Duration.zero

  private struct Thread {
    let number: Int
    var isBusy = false
  }

  private struct OpenSlice {
    let track: TraceTrack
    /// Among the threads of the track.
    let lane: Int
    let name: String
    let category: TraceCategory
  }

  /// Threads have numbers that no process has: a thread with the number of its process is its main thread.
  private static let firstThread = 1_000_001

  init(about: [(String, JSON)], write: @escaping (String) -> Void) {
    self.write = write
    write("{\"displayTimeUnit\":\"ms\",\"otherData\":\(JSON.object(about).line),\"traceEvents\":[")
  }

  mutating func name(process: Int, _ name: String) {
    addMetadata("process_name", process, [("name", .string(name))])
    addMetadata("process_sort_index", process, [("sort_index", .integer(Int64(process)))])
  }

  mutating func write(_ event: PendingTraceEvent, at time: Duration) {
    lastTime = time
    switch event {
    case .begin(let slice, let track, let name, let category, let arguments):
      guard open[slice] == nil else { return }
      let lane = freeLane(of: track)
      threads[track]?[lane].isBusy = true
      open[slice] = OpenSlice(track: track, lane: lane, name: name, category: category)
      add("B", name, category, time, track, lane, arguments)
    case .end(let slice, let arguments):
      if let slice = open.removeValue(forKey: slice) { end(slice, time, arguments) }
    case .endAllOperations(let node):
      let operations = open.keys.compactMap { if case .disk(node, let operation) = $0 { operation } else { nil } }.sorted()
      for operation in operations { write(.end(.disk(node: node, operation), [("ended", .string("the process is gone"))]), at: time) }
    case .instant(let track, let name, let category, let arguments):
      prepare(track)
      add("i", name, category, time, track, 0, arguments, keys: [("s", .string("t"))])
    case .flow(let slice, let number, let name, let isStart):
      guard let slice = open[slice] else { return }
      add(isStart ? "s" : "f", name, .message, time, slice.track, slice.lane, [], keys: [("id", .integer(Int64(number)))] + (isStart ? [] : [("bp", .string("e"))]))
    case .counter(let subject, let quantity, let value):
      add(
        JSON.object([
          ("name", .string(subject)), ("ph", .string("C")), ("ts", Self.microseconds(time)), ("pid", .integer(Int64(TraceProcess.partitions))),
          ("args", .object([(quantity, .integer(value))])),
        ]))
    }
  }

  /// Ends what is open, and the file.
  mutating func finish() {
    let slices = open.values.sorted { number(of: $0.track, $0.lane) < number(of: $1.track, $1.lane) }
    open = [:]
    for slice in slices { end(slice, lastTime, [("ended", .string("the trial is over"))]) }
    write("\n]}\n")
  }

  private mutating func end(_ slice: OpenSlice, _ time: Duration, _ arguments: [(String, JSON)]) {
    threads[slice.track]?[slice.lane].isBusy = false
    add("E", slice.name, slice.category, time, slice.track, slice.lane, arguments)
  }

  // MARK: Threads

  /// A thread of a track that has no open slice.
  private mutating func freeLane(of track: TraceTrack) -> Int {
    prepare(track)
    if let lane = threads[track]?.firstIndex(where: { !$0.isBusy }) { return lane }
    addThread(to: track)
    return (threads[track]?.count ?? 1) - 1
  }

  /// Gives a track its first thread.
  private mutating func prepare(_ track: TraceTrack) {
    if threads[track] == nil { addThread(to: track) }
  }

  private mutating func addThread(to track: TraceTrack) {
    let thread = nextThread, lane = threads[track]?.count ?? 0
    nextThread += 1
    threads[track, default: []].append(Thread(number: thread))
    addMetadata("thread_name", track.process, thread: thread, [("name", .string(lane == 0 ? track.name : "\(track.name) (\(lane + 1))"))])
    addMetadata("thread_sort_index", track.process, thread: thread, [("sort_index", .integer(Int64(track.rank)))])
  }

  private func number(of track: TraceTrack, _ lane: Int) -> Int { threads[track]?[lane].number ?? 0 }

  // MARK: Lines

  private mutating func addMetadata(_ name: String, _ process: Int, thread: Int? = nil, _ arguments: [(String, JSON)]) {
    add(
      JSON.object(
        [("name", .string(name)), ("ph", .string("M")), ("pid", .integer(Int64(process)))] + (thread.map { [("tid", .integer(Int64($0)))] } ?? [])
          + [("args", .object(arguments))]))
  }

  /// - Parameter keys: what the phase has besides.
  private mutating func add(
    _ phase: String, _ name: String, _ category: TraceCategory, _ time: Duration, _ track: TraceTrack, _ lane: Int, _ arguments: [(String, JSON)],
    keys: [(String, JSON)] = []
  ) {
    add(
      JSON.object(
        [
          ("name", .string(name)), ("cat", .string(category.rawValue)), ("ph", .string(phase)), ("ts", Self.microseconds(time)), ("pid", .integer(Int64(track.process))),
          ("tid", .integer(Int64(number(of: track, lane)))),
        ] + keys + (arguments.isEmpty ? [] : [("args", .object(arguments))])))
  }

  private mutating func add(_ event: JSON) {
    write((eventCount == 0 ? "\n" : ",\n") + event.line)
    eventCount += 1
  }

  private static func microseconds(_ time: Duration) -> JSON { .decimal(Double(time.nanoseconds) / 1000, places: 3) }
}
