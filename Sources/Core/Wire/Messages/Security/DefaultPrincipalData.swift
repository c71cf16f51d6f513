/// A principal as it is sent inside `Envelope`.
public struct DefaultPrincipalData: Message {
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var type: String = ""
  public var name: String = ""
  public var tokenAuthenticated: Bool = false

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("Type", &type)
    try c.string("Name", &name)
    try c.bool("TokenAuthenticated", &tokenAuthenticated)
  }
}
