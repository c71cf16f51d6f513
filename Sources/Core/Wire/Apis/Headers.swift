import Primitives

extension RequestHeader {
  /// The header version that belongs to a version of an API. An unknown API counts as not flexible.
  public static func version(for apiKey: ApiKey, apiVersion: Int16) -> Int16 { apiKey.isFlexible(version: apiVersion) ? 2 : 1 }

  public var apiKey: ApiKey { ApiKey(rawValue: requestApiKey) }

  /// Reads the header at the start of a request, at the version that its API key and version imply; the body follows.
  public init(from reader: inout FrameReader) throws(WireError) {
    self.init()
    try readNext(from: &reader)
  }

  /// Reads the header of another request over this one: of the same client, the client id stays what it is.
  public mutating func readNext(from reader: inout FrameReader) throws(WireError) {
    do throws(WireError) {
      // Version 2 is version 1 plus a tagged section; the first two fields tell which of them it is.
      reader.continueWith(version: 1, isFlexible: false)
      try describe(&reader)
      let version = Self.version(for: apiKey, apiVersion: requestApiVersion)
      reader.continueWith(version: version, isFlexible: version == 2)
      try reader.endStructure()
    } catch {
      throw error.within(Self.name)
    }
  }
}

extension ResponseHeader {
  /// The header version of a response. ApiVersions stays at 0: the client does not know yet what the server supports, so it must be able to read it
  /// (KIP-511).
  public static func version(for apiKey: ApiKey, apiVersion: Int16) -> Int16 {
    apiKey != .apiVersions && apiKey.isFlexible(version: apiVersion) ? 1 : 0
  }

  /// Reads the header at the start of a response to a request with this API key and version; the body follows.
  public init(from reader: inout FrameReader, apiKey: ApiKey, apiVersion: Int16) throws(WireError) {
    self.init()
    do {
      try read(from: &reader, version: Self.version(for: apiKey, apiVersion: apiVersion))
    } catch {
      throw error.within(Self.name)
    }
  }
}
