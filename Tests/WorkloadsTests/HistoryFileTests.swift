import Primitives
import Testing

@testable import Workloads

@Suite struct HistoryFileTests {
  private typealias Script = TransactionScript

  private static func text(of judged: JudgedHistory, _ syntax: HistorySyntax) -> String {
    var text = ""
    HistoryWriter(judged, as: syntax).write { text += $0 }
    return text
  }

  /// Reads a text in pieces of this many bytes.
  private static func read(_ text: String, _ syntax: HistorySyntax, pieces: Int = 1 << 16) throws -> ReadHistory {
    let bytes = Array(text.utf8)
    var next = 0
    return try HistoryReader.read(syntax) {
      defer { next = min(next + pieces, bytes.count) }
      return Array(bytes[next..<min(next + pieces, bytes.count)])
    }
  }

  /// Something of everything.
  private static func everything() -> JudgedHistory {
    var script = Script()
    let first = script.send(to: script.input, at: 0)
    script.send(to: script.input, .fail)
    script.send(to: script.input, nil)
    script.history.addTombstone(first)
    script.change(.gain, by: Script.a)
    script.poll(script.input, [(first, 0), (.none, 1)], by: Script.a)
    let transaction = script.begin(by: Script.a)
    script.work([(first, 0)], in: transaction, by: Script.a)
    let made = script.send(by: Script.a, to: script.output, at: 0, in: transaction, from: [(script.input, 0), (script.other, 7)])
    script.history.add(History.Posting(made, to: 3, -20))
    script.history.add(History.Count(made, of: 9, in: script.input, 1))
    script.commitOffset(1, in: transaction, by: Script.a)
    script.commit(transaction, by: Script.a)
    let aborted = script.begin(by: Script.a)
    script.send(by: Script.a, to: script.other, at: 0, in: aborted)
    script.abort(aborted, by: Script.a)
    script.change(.lose, by: Script.a)
    script.change(.giveUp, by: Script.b)
    script.reset(to: 0)
    script.inspect(1)
    script.inspect(.unknown)
    script.history.append(.ok, .end, by: Script.b, at: script.tick())
    script.history.append(.invoke, .send, by: 0, at: script.tick(), History.Entry(.unknown, script.history.newValue(), key: 5))
    script.assign(Script.auditor)
    script.history.append(.ok, .assign, by: Script.auditor, at: script.tick(), History.Entry(script.other, .none))
    script.history.append(.info, .poll, by: Script.reader, at: script.tick())
    // A partition that comes again in one poll.
    let output = script.output, other = script.other
    script.history.append(
      .ok, .poll, by: Script.auditor, at: script.tick(),
      [History.Entry(output, made, at: 0), History.Entry(other, .none, at: 4), History.Entry(output, .none, at: 3)])
    let again = script.history.number(of: TopicPartition("in \"1\"\n", 0), topicID: Uuid(high: 4, low: 5))
    script.deletions.add(below: 2, of: again, by: .log(.deleteRecords), at: Instant(nanoseconds: 5))
    script.deletions.addTopicDeletion(of: again, at: Instant(nanoseconds: 6))
    script.end.partitions = [TopicPartition("in", 0)]
    script.end.running = [Script.a]
    script.end.committed = [TopicPartition("in", 0): 1]
    script.end.settling = GroupFindings.Settling(taken: nil, bound: .seconds(3))
    script.end.wait = "its coordinator waits for two to join"
    return JudgedHistory(
      script.history, deletions: script.deletions, isReadToTheEnd: true, unreadable: [again], committed: CommittedAudit(by: Script.auditor, except: [other]),
      groups: [script.end])
  }

  // MARK: There and back

  @Test(arguments: HistorySyntax.allCases) func `A written history reads back as it was`(_ syntax: HistorySyntax) throws {
    let written = Self.everything()
    let read = try Self.read(Self.text(of: written, syntax), syntax).judged
    #expect(read.history.operations == written.history.operations)
    #expect(read.history.entries == written.history.entries)
    #expect(read.history.partitions == written.history.partitions)
    #expect(read.history.topicIDs == written.history.topicIDs)
    #expect(read.history.members == written.history.members)
    #expect(read.history.committedReaders == written.history.committedReaders)
    #expect(read.history.tombstones == written.history.tombstones)
    #expect(read.history.origins == written.history.origins)
    #expect(read.history.postings == written.history.postings)
    #expect(read.history.counts == written.history.counts)
    #expect(read.history.valueCount == written.history.valueCount)
    #expect(read.history.transactionCount == written.history.transactionCount)
    #expect(read.isReadToTheEnd && read.unreadable == written.unreadable)
    #expect(read.committed?.process == Script.auditor && read.committed?.unread == written.committed?.unread)
    #expect(read.groups.map(\.guarantees) == written.groups.map(\.guarantees))
    #expect(read.groups[0].committed == written.groups[0].committed && read.groups[0].settling?.bound == .seconds(3) && read.groups[0].wait == written.groups[0].wait)
    let judged = read.verdicts(), right = written.verdicts()
    #expect(judged.verdicts == right.verdicts && judged.transactions == right.transactions)
    // Written again it is the same text.
    #expect(Self.text(of: read, syntax) == Self.text(of: written, syntax))
  }

  @Test(arguments: HistorySyntax.allCases) func `The sizes of the chunks in which a file is read make no difference`(_ syntax: HistorySyntax) throws {
    let text = Self.text(of: Self.everything(), syntax)
    let whole = try Self.read(text, syntax), bytes = try Self.read(text, syntax, pieces: 1)
    #expect(whole.judged.history.operations == bytes.judged.history.operations && whole.judged.history.entries == bytes.judged.history.entries)
  }

  @Test func `Each operation is a line that other tools read`() {
    let edn = Self.text(of: Self.everything(), .edn).split(separator: "\n"), json = Self.text(of: Self.everything(), .jsonLines).split(separator: "\n")
    #expect(edn[2] == "{:index 2, :type :ok, :f :send, :process 0, :time 2000000000, :value [[:send 0 [0 0]]]}")
    #expect(json[2] == #"{"index":2,"type":"ok","f":"send","process":0,"time":2000000000,"value":[["send",0,[0,0]]]}"#)
    #expect(edn.contains("{:index 7, :type :ok, :f :poll, :process 1, :time 7000000000, :value [[:poll {0 [[0 0] [1 nil]]}]]}"))
    #expect(edn.contains { $0.contains(":f :send, :process 1") && $0.hasSuffix(":value [[:send 1 3]], :txn 0, :from [[0 0] [2 7]], :posts [[3 -20]], :counts [[0 9 1]]}") })
    #expect(edn.contains { $0.hasSuffix(":value [[:poll {1 [[0 3]], 2 [[4 nil]]}] [:poll {1 [[3 nil]]}]]}") })
  }

  @Test func `The name of a file determines the syntax`() {
    #expect(HistorySyntax(ofFile: "a/b.edn") == .edn && HistorySyntax(ofFile: "b.c.jsonl") == .jsonLines)
    #expect(HistorySyntax(ofFile: "history.json") == nil && HistorySyntax(ofFile: "edn") == nil)
  }

  // MARK: Jepsen

  private static func jepsen(_ lines: String...) throws -> ReadHistory { try read(lines.joined(separator: "\n"), .edn) }

  private static func verdict(_ guarantee: Guarantee, _ history: ReadHistory) -> Verdict { history.verdicts().verdicts.first { $0.guarantee == guarantee }! }

  @Test func `A Jepsen history is judged with the names in its file`() throws {
    let history = try Self.jepsen(
      "{:process :nemesis, :type :info, :f :kill, :value {\"n1\" :killed}, :time 1, :index 0}",
      "{:process 0, :type :invoke, :f :send, :value [[:send 5 101]], :time 2, :index 1}",
      "{:process 0, :type :ok, :f :send, :value [[:send 5 [7 101]]], :time 3, :index 2}",
      "{:process 0, :type :invoke, :f :send, :value [[:send 5 102] [:send 6 101]], :time 4, :index 3}",
      "{:process 0, :type :ok, :f :send, :value [[:send 5 [9 102]] [:send 6 [nil 101]]], :time 5, :index 4}",
      "{:process 1, :type :invoke, :f :assign, :value [5 6], :seek-to-beginning? true, :time 6, :index 5}",
      "{:process 1, :type :ok, :f :assign, :value [5 6], :seek-to-beginning? true, :time 7, :index 6}",
      "{:process 1, :type :invoke, :f :poll, :value [[:poll]], :time 8, :index 7}",
      "{:process 1, :type :ok, :f :poll, :value [[:poll {5 [[9 102]]}]], :poll-ms 1000, :time 9, :index 8}",
      "{:process 1, :type :info, :f :crash, :value nil, :time 10, :index 9}")
    #expect(history.judged.isReadToTheEnd)
    let lost = Self.verdict(.lostWrite, history)
    #expect(lost.cases == ["key-5: value 101, acknowledged at offset 7, was never read, though a later one was"], "\(lost.cases)")
    #expect(Self.verdict(.unseen, history).caseCount == 2)
    #expect(history.verdicts().transactions == nil)
  }

  @Test func `A failed Jepsen transaction that is read is an aborted read, and one of unknown outcome is not`() throws {
    for (type, violated) in [(":fail", true), (":info", false), (":ok", false)] {
      let history = try Self.jepsen(
        "#jepsen.history.Op{:index 0, :time 1, :type :invoke, :process 0, :f :txn, :value [[:send 1 10] [:poll]]}",
        "#jepsen.history.Op{:index 1, :time 2, :type \(type), :process 0, :f :txn, :value [[:send 1 10] [:poll {2 [[4 1]]}]], :error [:oh \"no\"]}",
        "{:index 2, :time 3, :type :ok, :process 1, :f :poll, :value [[:poll {1 [[3 10]]}]]}")
      #expect((Self.verdict(.failedRead, history).conclusion == .violated) == violated, "\(type)")
      #expect(history.verdicts().transactions?.begun == 1)
    }
  }

  @Test func `A Jepsen transaction that polls what it sent reads too early`() throws {
    let history = try Self.jepsen(
      "{:index 0, :time 1, :type :invoke, :process 0, :f :txn, :value [[:send 1 10] [:poll]]}",
      "{:index 1, :time 2, :type :ok, :process 0, :f :txn, :value [[:send 1 [3 10]] [:poll {1 [[3 10]]}]]}")
    let verdict = Self.verdict(.precommittedRead, history)
    #expect(verdict.caseCount == 1)
  }

  @Test func `A subscriber may be moved between two polls, and a consumer with assignments keeps the keys that it names again`() throws {
    func history(_ f: String, _ keys: String) throws -> ReadHistory {
      try Self.jepsen(
        "{:index 0, :time 1, :type :ok, :process 0, :f :send, :value [[:send 1 [0 10]] [:send 1 [1 11]] [:send 1 [2 12]]]}",
        "{:index 1, :time 2, :type :ok, :process 1, :f :\(f), :value [1]}",
        "{:index 2, :time 3, :type :ok, :process 1, :f :poll, :value [[:poll {1 [[0 10]]}]]}",
        "{:index 3, :time 4, :type :ok, :process 1, :f :\(f), :value [\(keys)]}",
        "{:index 4, :time 5, :type :ok, :process 1, :f :poll, :value ([:poll {1 [[2 12]]}])}")
    }
    #expect(Self.verdict(.skipBetweenPolls, try history("assign", "1")).conclusion == .violated)
    #expect(Self.verdict(.skipBetweenPolls, try history("assign", "2")).conclusion == .unknown)
    #expect(Self.verdict(.skipBetweenPolls, try history("subscribe", "1")).conclusion == .unknown)
  }

  @Test func `A history may be one vector, with comments, commas and tags`() throws {
    let history = try Self.read(
      """
      ; of a test
      [#_ {:not "an operation"} {:index 0, :time 1 :type :ok :process 0 :f :send,
        :value [[:send "k" [0 "v"]]] :extra #{1 2.5 3/4 \\a #inst "2026-01-01" #_ nil}}
      {:index 1 :time 2 :type :ok :process 0 :f :debug-topic-partitions :value {1 {:a -1N}}}]
      """, .edn)
    #expect(history.judged.history.operations.count == 1)
    #expect(history.judged.history.partitions == [TopicPartition("k", 0)])
    #expect(history.valueNames == ["\"v\""])
  }

  @Test func `A tool may write transactions and sources of values without a header`() throws {
    let history = try Self.read(
      """
      {"type":"ok","f":"begin","process":3,"txn":70}
      {"type":"invoke","f":"send","process":3,"txn":70,"value":[["send",1,5]],"from":[[0,2]]}
      {"type":"ok","f":"send","process":3,"txn":70,"value":[["send",1,[8,5]]]}
      {"type":"invoke","f":"commit","process":3,"txn":70}
      {"type":"ok","f":"commit","process":3,"txn":70}
      """, .jsonLines)
    #expect(history.verdicts().transactions?.committed == 1)
    #expect(history.judged.history.origins.count == 1)
  }

  // MARK: Damaged files

  @Test(arguments: [
    ("", 1, "the file holds no operation"),
    ("{:type :ok", 1, "the file ends within an operation"),
    ("{:type :ok}\n\n{:process 0, :type :oops, :f :send}", 3, "the type :oops"),
    ("{:process 0, :f :send}", 1, "the type is missing"),
    ("{:process 0, :type :ok}", 1, "an operation without f"),
    ("{:process 0, :type :ok, :f :fetch}", 1, "an operation of the name 'fetch'"),
    ("{:process 0, :type :ok, :f :send}", 1, "without micro-operations"),
    ("{:process 0, :type :ok, :f :send, :value [[:send 1]]}", 1, "[:send 1] is no send"),
    ("{:process 0, :type :ok, :f :send, :value [[:send 1 [2]]]}", 1, "is no send"),
    ("{:process 0, :type :ok, :f :poll, :value [[:poll {1 [[0 1] [-7 2]]}]]}", 1, "-7 is not an offset"),
    ("{:process 0, :type :ok, :f :poll, :value [[:poll {1 [[nil 1]]}]]}", 1, "was polled without an offset"),
    ("{:process 0, :type :ok, :f :poll, :value [[:poll [1 2]]]}", 1, "is no poll"),
    ("{:process 0, :type :ok, :f :txn, :value [[:send 1 2]]}", 1, "that was never invoked"),
    ("{:process 0, :type :ok, :f :poll, :value [[:poll {1 [[0 1] [999999999999 2]]}]]}", 1, "are too far apart"),
    ("{:process 0, :type :ok, :f :begin}", 1, "begin without txn"),
    ("{:a}", 1, "a map with a key and no value"),
    ("[{:process 0, :type :ok, :f :crash}", 1, "the file ends within its vector"),
    ("}", 1, "a closing '}'"),
    ("5", 1, "5 is not an operation"),
    ("{:a \"b", 1, "the file ends within a string"),
    (String(repeating: "[", count: 100), 1, "levels of brackets"),
    ("{:f :trial-history, :process :trial, :value {:format 9}}", 1, "the format 9"),
    ("{:f :trial-history, :process :trial, :value {:format 1, :keys [[\"t\" 0 nil] [\"t\" 0 nil]]}}", 1, "is named twice"),
    ("{:f :trial-history, :process :trial, :value {:format 1}}\n{:process 0, :type :ok, :f :gain, :value [0]}", 2, "the key 0 is not in the first line"),
    ("{:f :trial-history, :process :trial, :value {:format 1}}\n{:f :trial-history, :process :trial, :value {:format 1}}", 2, "a second header line"),
    ("{:f :trial-history, :process :trial, :value {:format 1, :groups [{:group \"g\", :guarantees [\"nothing\"]}]}}", 1, "is not a guarantee"),
  ])
  func `A damaged history is refused with its line`(_ text: String, _ line: Int, _ problem: String) {
    let error = #expect(throws: HistoryFileError.self) { try Self.read(text, .edn) }
    #expect(error?.line == line && error?.problem.contains(problem) == true, "\(error?.description ?? "none")")
    #expect(error?.remedy.isEmpty == false)
  }

  @Test(arguments: [
    ("{\"type\":\"ok\"", 1, "the file ends within an operation"),
    ("{\"type\":\"ok\"}\n{\"type\" \"ok\"}", 2, "a key without a colon"),
    ("{type:1}", 1, "a key that is not a string"),
    ("{\"a\":[1 2]}", 1, "where a comma or ']' belongs"),
    ("{\"a\":nil}", 1, "'nil' is not a JSON value"),
    ("{\"a\":$}", 1, "a byte that cannot begin a JSON value"),
    ("[1]", 1, "is not an operation"),
    ("{\"a\":\"b", 1, "the file ends within a string"),
    (String(repeating: "{\"a\":", count: 100), 1, "levels of brackets"),
    ("{\"process\":0,\"type\":\"ok\",\"f\":\"work\",\"txn\":1,\"value\":[[0,1]]}", 1, "is not a record"),
    ("{\"process\":0,\"type\":\"ok\",\"f\":\"begin\",\"txn\":\"x\"}", 1, "is not a transaction"),
    ("{\"process\":0,\"type\":\"invoke\",\"f\":\"send\",\"txn\":1,\"value\":[[\"send\",0,1]],\"posts\":[[1]]}", 1, "is nothing that is posted"),
  ])
  func `Damaged JSON lines are refused with their line`(_ text: String, _ line: Int, _ problem: String) {
    let error = #expect(throws: HistoryFileError.self) { try Self.read(text, .jsonLines) }
    #expect(error?.line == line && error?.problem.contains(problem) == true, "\(error?.description ?? "none")")
  }

  @Test func `A file that is cut off anywhere is read or refused, and never traps`() {
    for syntax in HistorySyntax.allCases {
      let bytes = Array(Self.text(of: Self.everything(), syntax).utf8)
      for length in stride(from: 0, to: bytes.count, by: 7) {
        var pieces = [Array(bytes[..<length])]
        do {
          _ = try HistoryReader.read(syntax) { pieces.popLast() ?? [] }.verdicts()
        } catch {
          #expect(error is HistoryFileError)
        }
      }
    }
  }

  @Test func `A file with a damaged byte is read or refused, and never traps`() {
    var random = RandomStream(seed: 7, purpose: "damage")
    for syntax in HistorySyntax.allCases {
      let bytes = Array(Self.text(of: Self.everything(), syntax).utf8)
      for _ in 0..<150 {
        var damaged = bytes
        damaged[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
        var pieces = [damaged]
        do {
          _ = try HistoryReader.read(syntax) { pieces.popLast() ?? [] }.verdicts()
        } catch {
          #expect(error is HistoryFileError)
        }
      }
    }
  }
}
