import Foundation
import Synchronization
import Testing

@testable import Primitives

@Suite struct MarkTests {
  @Test func `Each mark has a name of its own and one sentence, and there is room to count it`() {
    let marks = Mark.allCases
    #expect(marks.count >= 120 && marks.count <= MarkCounts.capacity)
    #expect(Set(marks.map(\.name)).count == marks.count)
    for mark in marks {
      #expect(mark.name.wholeMatch(of: #/[a-z]+(-[a-z0-9]+)*/#) != nil, "\(mark.name)")
      #expect(mark.words.first?.isUppercase == true && mark.words.hasSuffix(".") && mark.words.dropLast().allSatisfy { $0 != "." || mark.words.contains(".ms") }, "\(mark.words)")
      #expect(Mark(name: mark.name) == mark)
    }
    #expect(Mark(name: "no-such-mark") == nil)
    for module in Mark.Module.allCases { #expect(marks.contains { $0.module == module }, "\(module)") }
  }

  @Test func `Marks are counted from the last reset on`() {
    MarkCounts.reset()
    #expect(MarkCounts.passed == [])
    for _ in 0..<3 { mark(.batchSplit) }
    mark(.tornTailCut)
    #expect(MarkCounts.passed == [MarkCount(.tornTailCut, count: 1), MarkCount(.batchSplit, count: 3)])
    #expect(MarkCounts.count(of: .batchSplit) == 3 && MarkCounts.count(of: .logOffline) == 0)
    MarkCounts.reset()
    #expect(MarkCounts.passed == [])
  }

  @Test func `Each thread has its own counts`() {
    MarkCounts.reset()
    mark(.batchSplit)
    let others = Mutex<[Int]>([]), threads = DispatchGroup()
    for times in 1...4 {
      threads.enter()
      let thread = Thread {
        for _ in 0..<(times * 1_000) { mark(.batchSplit) }
        others.withLock { $0.append(MarkCounts.count(of: .batchSplit)) }
        threads.leave()
      }
      thread.start()
    }
    threads.wait()
    let counts = others.withLock { $0.sorted() }
    #expect(counts == [1_000, 2_000, 3_000, 4_000])
    #expect(MarkCounts.count(of: .batchSplit) == 1)
  }

  // MARK: The sources

  /// The places of each mark in sources: by the name of its case, the modules in whose files it stands.
  private static func places(in sources: [(module: String, text: String)]) -> [String: [String]] {
    var places: [String: [String]] = [:]
    for (module, text) in sources {
      for match in text.matches(of: #/\bmark\(\.(\w+)\)/#) { places[String(match.1), default: []].append(module) }
    }
    return places
  }

  /// What is wrong with the places of marks.
  private static func mistakes(in places: [String: [String]]) -> [String] {
    Mark.allCases.compactMap { mark in
      let found = places["\(mark)"] ?? []
      if found.count != 1 { return "\(mark) stands in \(found.count) places" }
      return found[0] == mark.module.rawValue ? nil : "\(mark) stands in \(found[0]), and its table says \(mark.module.rawValue)"
    }
  }

  @Test func `Each mark stands in exactly one place of its module`() throws {
    let core = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources/Core")
    let files = try #require(FileManager.default.enumerator(at: core, includingPropertiesForKeys: nil)).compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
    let sources = try files.map { file in
      (module: String(file.path.dropFirst(core.path.count + 1).prefix { $0 != "/" }), text: try String(contentsOf: file, encoding: .utf8))
    }
    #expect(sources.count > 300)
    let places = Self.places(in: sources)
    #expect(Self.mistakes(in: places) == [])
    #expect(Set(places.keys).subtracting(Mark.allCases.map { "\($0)" }) == [])
  }

  @Test func `A mark that stands twice, nowhere or in another module is found`() {
    var places = Dictionary(uniqueKeysWithValues: Mark.allCases.map { ("\($0)", [$0.module.rawValue]) })
    #expect(Self.mistakes(in: places) == [])
    places["batchSplit"] = Self.places(in: [("Client", "{ mark(.batchSplit) }\nmark(.batchSplit)")])["batchSplit"]
    places["tornTailCut"] = nil
    places["logOffline"] = ["Raft"]
    #expect(Self.mistakes(in: places) == [
      "tornTailCut stands in 0 places", "logOffline stands in Raft, and its table says Log", "batchSplit stands in 2 places",
    ])
  }
}
