extension Structure {
  /// Makes a structure with some fields set: `FetchRequest { $0.maxWaitMs = 500 }`.
  @inlinable
  public init<Failure: Error>(_ fill: (inout Self) throws(Failure) -> Void) throws(Failure) {
    self.init()
    try fill(&self)
  }

  public static var wireDefault: Self { Self() }

  @inline(__always)
  public static func walk<C: Codec>(_ name: StaticString, _ value: inout Self, _ c: inout C) throws(WireError) {
    c.beginStructure()
    try value.describe(&c)
    try c.endStructure()
  }

  public static func walkOptional<C: Codec>(
    _ name: StaticString, _ value: inout Self?, _ c: inout C, isTagged: Bool
  ) throws(WireError) {
    guard try c.presence(name, value != nil, isTagged: isTagged) else {
      value = nil
      return
    }
    var present = value ?? Self()
    try walk(name, &present, &c)
    value = present
  }
}
