import Primitives

/// A whole message, record or file content with its own versions.
///
/// The requirements beyond `Structure` are the four walks with concrete walkers. The default implementations run the one generic
/// description of each structure; specialising all of them for every walker would take minutes to build and 30 MB.
public protocol Message: Structure {
  static var validVersions: ClosedRange<Int16> { get }
  static var flexibleVersions: VersionRange { get }

  mutating func read(from reader: inout FrameReader, version: Int16) throws(WireError)
  mutating func write(to writer: inout FrameWriter, version: Int16) throws(WireError)
  mutating func measure(version: Int16) throws(WireError) -> Int
  mutating func print(version: Int16) throws(WireError) -> String
}

/// A message on a busy path. Its reader and writer are specialised: because the walks are requirements of `Message`, they are compiled
/// with all their types known, and other modules call that code.
public protocol FrequentMessage: Message {}

extension FrequentMessage {
  public mutating func read(from reader: inout FrameReader, version: Int16) throws(WireError) {
    try Self.requireValid(version)
    reader.continueWith(version: version, isFlexible: Self.flexibleVersions.contains(version))
    try Self.walk("", &self, &reader)
  }

  public mutating func write(to writer: inout FrameWriter, version: Int16) throws(WireError) {
    try Self.requireValid(version)
    writer.continueWith(version: version, isFlexible: Self.flexibleVersions.contains(version))
    try Self.walk("", &self, &writer)
  }
}

/// A message that is a request or a response.
public protocol ApiMessage: Message {
  static var apiKey: ApiKey { get }

  /// Calls `body` for each error that the message reports to its receiver; not for `ErrorCode.none`.
  func forEachError(_ body: (ErrorCode) -> Void)
}

public protocol ApiRequest: ApiMessage {
  associatedtype Response: ApiMessage
}

extension Message {
  /// The schema's name, such as `FetchRequest`.
  public static var name: String { String(describing: Self.self) }

  /// Decodes a message that must fill the bytes exactly.
  public init(_ bytes: Bytes, version: Int16) throws(WireError) {
    var reader = FrameReader(bytes)
    defer { withExtendedLifetime(reader) {} }
    try self.init(from: &reader, version: version)
  }

  /// Decodes everything that is left of a frame: the body after a header.
  public init(from reader: inout FrameReader, version: Int16) throws(WireError) {
    self.init()
    do {
      try read(from: &reader, version: version)
      try reader.expectEnd()
    } catch {
      throw error.within(Self.name)
    }
  }

  /// The message alone, without a header, in one piece.
  public func encoded(version: Int16) throws(WireError) -> Bytes { try frame(version: version).joined }

  /// The message alone, without a header; record batches are pieces of their own.
  public func frame(version: Int16) throws(WireError) -> Frame {
    var writer = FrameWriter(version: version, isFlexible: false)
    try append(to: &writer, version: version)
    return writer.frame()
  }

  func append(to writer: inout FrameWriter, version: Int16) throws(WireError) {
    do {
      // The writer changes nothing, so the message is walked in place instead of copied.
      try withUnsafePointer(to: self) { (message) throws(WireError) in
        try UnsafeMutablePointer(mutating: message).pointee.write(to: &writer, version: version)
      }
    } catch {
      throw error.within(Self.name)
    }
  }

  /// The encoded length in bytes.
  public func encodedSize(version: Int16) throws(WireError) -> Int {
    var copy = self
    return try copy.measure(version: version)
  }

  /// The message as one line of JSON, with the names of Kafka's schemas.
  public func text(version: Int16) throws(WireError) -> String {
    var copy = self
    return try copy.print(version: version)
  }

  static func requireValid(_ version: Int16) throws(WireError) {
    guard validVersions.contains(version) else { throw WireError(.unsupportedVersion(Int(version)), at: 0) }
  }

  public mutating func read(from reader: inout FrameReader, version: Int16) throws(WireError) {
    try Self.requireValid(version)
    reader.continueWith(version: version, isFlexible: Self.flexibleVersions.contains(version))
    try walkGenerically(&self, &reader)
  }

  public mutating func write(to writer: inout FrameWriter, version: Int16) throws(WireError) {
    try Self.requireValid(version)
    writer.continueWith(version: version, isFlexible: Self.flexibleVersions.contains(version))
    try walkGenerically(&self, &writer)
  }

  public mutating func measure(version: Int16) throws(WireError) -> Int {
    try Self.requireValid(version)
    var sizer = FrameSizer(version: version, isFlexible: Self.flexibleVersions.contains(version))
    try walkGenerically(&self, &sizer)
    return sizer.count
  }

  public mutating func print(version: Int16) throws(WireError) -> String {
    try Self.requireValid(version)
    var printer = Printer(version: version, isFlexible: Self.flexibleVersions.contains(version))
    try walkGenerically(&self, &printer)
    return printer.output
  }
}

/// Runs the walk without specialisation.
@inline(never)
@_semantics("optimize.sil.specialize.generic.never")
private func walkGenerically<M: Message, C: Codec>(_ message: inout M, _ c: inout C) throws(WireError) {
  try M.walk("", &message, &c)
}
