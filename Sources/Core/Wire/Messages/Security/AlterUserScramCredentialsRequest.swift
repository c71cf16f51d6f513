import Primitives

/// Sets or deletes SCRAM credentials (KIP-554).
public struct AlterUserScramCredentialsRequest: ApiRequest {
  public typealias Response = AlterUserScramCredentialsResponse
  public static var apiKey: ApiKey { .alterUserScramCredentials }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var deletions: [ScramCredentialDeletion] = []
  public var upsertions: [ScramCredentialUpsertion] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Deletions", &deletions)
    try c.array("Upsertions", &upsertions)
  }

  public struct ScramCredentialDeletion: Structure {
    public var name: String = ""
    public var mechanism: Int8 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.int8("Mechanism", &mechanism)
    }
  }

  public struct ScramCredentialUpsertion: Structure {
    public var name: String = ""
    public var mechanism: Int8 = 0
    public var iterations: Int32 = 0
    public var salt: Bytes = .empty
    public var saltedPassword: Bytes = .empty

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.int8("Mechanism", &mechanism)
      try c.int32("Iterations", &iterations)
      try c.bytes("Salt", &salt)
      try c.bytes("SaltedPassword", &saltedPassword)
    }
  }
}
