import Primitives
import Workloads

extension ValuePlan {
  /// `1KiB`, or `{ size: ..., content: ... }`.
  package init(_ value: Value, file: String) throws {
    guard value.scalar == nil else {
      self.init(size: .fixed(try value.valueSize()))
      return
    }
    var map = try MapReader(value)
    let size = try map.optional("size", ValueSize.init)
    let content = try map.optional("content") { try ValueContent($0, file: file) }
    try map.finish()
    if case .lines? = content, size != nil {
      throw value.error("the lines of a file bring their own sizes", remedy: "Leave out size, or the file.")
    }
    self.init(size: size ?? ValuePlan().size, content: content ?? .random)
  }
}

extension ValueSize {
  init(_ value: Value) throws {
    guard value.scalar == nil else {
      self = .fixed(try value.valueSize())
      return
    }
    var map = try MapReader(value)
    let sizes = [try map.optional("buckets", ValueSize.buckets(from:)), try map.optional("lognormal", ValueSize.lognormal(from:))].compactMap { $0 }
    try map.finish()
    guard sizes.count == 1 else {
      throw value.error(
        "expected one kind of size", remedy: "Write 1KiB, { buckets: { 100B: 80, 1KiB: 20 } } or { lognormal: { median: 1KiB, sigma: 0.8 } }.")
    }
    self = sizes[0]
  }

  private static func buckets(from value: Value) throws -> ValueSize {
    guard case .map(let entries) = value.content, !entries.isEmpty else {
      throw value.error("expected sizes and their weights", remedy: "Write { 100B: 80, 1KiB: 15, 10KiB: 5 }.")
    }
    return .buckets(
      try entries.map { entry in
        let size = Value(content: .scalar(entry.key), place: entry.keyPlace, path: value.path)
        return SizeBucket(size: try size.valueSize(), weight: Int(try entry.value.integer(in: 1...1_000_000_000)))
      })
  }

  private static func lognormal(from value: Value) throws -> ValueSize {
    var map = try MapReader(value)
    let median = try map.required("median") { try $0.valueSize() }
    let sigma = try map.required("sigma") { try $0.decimal(in: 0...5) }
    let maximum = try map.optional("max") { value in
      let maximum = try value.valueSize()
      guard maximum >= median else { throw value.error("the longest value is shorter than the median", remedy: "Write at least the median.") }
      return maximum
    } ?? min(median * 100, ValuePlan.sizeLimit)
    try map.finish()
    return .lognormal(median: median, sigma: sigma, maximum: maximum)
  }
}

extension ValueContent {
  private enum Word: String, CaseIterable { case random, json, log, avro }

  package init(_ value: Value, file: String) throws {
    guard value.scalar == nil else {
      self =
        switch try value.word(Word.self) {
        case .random: .random
        case .json: .json
        case .log: .log
        case .avro: .avro
        }
      return
    }
    var map = try MapReader(value)
    let contents = [
      try map.optional("compressible") { ValueContent.compressible(try $0.decimal(in: 0...1)) },
      try map.optional("file") { named in
        ValueContent.lines(try PayloadFile.lines(of: relativePath(try named.string(), namedAt: named.place, in: file), at: named.place))
      },
    ].compactMap { $0 }
    try map.finish()
    guard contents.count == 1 else {
      throw value.error("expected one kind of content", remedy: "Write random, json, log, avro, { compressible: 0.5 } or { file: PATH }.")
    }
    self = contents[0]
  }
}

extension KeyPlan {
  /// `none`, a number, or one of `{ uniform: N }`, `{ zipf: N, exponent: S }`, `{ single: KEY }`, `{ sequence: N }`.
  package init(_ value: Value) throws {
    if value.scalar == "none" {
      self = .none
      return
    }
    guard value.scalar == nil else {
      self = .uniform(try value.keyCount())
      return
    }
    var map = try MapReader(value)
    let exponent = try map.optional("exponent") { ($0, try $0.decimal(in: 0...10)) }
    let plans = [
      try map.optional("uniform") { KeyPlan.uniform(try $0.keyCount()) },
      try map.optional("zipf") { KeyPlan.zipf(try $0.keyCount(upTo: KeyPlan.zipfLimit), exponent: exponent?.1 ?? 0.99) },
      try map.optional("single") { KeyPlan.single(try $0.string()) },
      try map.optional("sequence") { KeyPlan.sequence(try $0.keyCount()) },
    ].compactMap { $0 }
    try map.finish()
    if let exponent, !map.has("zipf") { throw exponent.0.error("only zipf has an exponent", remedy: "Leave it out.") }
    guard plans.count == 1 else {
      throw value.error("expected one kind of keys", remedy: "Write none, 100, { zipf: 1000, exponent: 0.99 }, { single: k } or { sequence: 100 }.")
    }
    self = plans[0]
  }
}

extension Value {
  fileprivate func valueSize() throws -> Int {
    let size = try byteCount()
    guard (Payload.minimumSize...ValuePlan.sizeLimit).contains(size) else {
      throw error("a value of \(size) bytes is not possible", remedy: "A value carries 16 bytes that make it unique, and may have up to 10MB.")
    }
    return size
  }

  fileprivate func keyCount(upTo limit: Int = 1_000_000_000) throws -> Int { Int(try integer(in: 1...Int64(limit))) }
}
