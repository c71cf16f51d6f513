/// Moves replicas of a broker between its log directories.
public struct AlterReplicaLogDirsRequest: ApiRequest {
  public typealias Response = AlterReplicaLogDirsResponse
  public static var apiKey: ApiKey { .alterReplicaLogDirs }
  public static var validVersions: ClosedRange<Int16> { 1...2 }
  public static var flexibleVersions: VersionRange { 2... }

  public var dirs: [AlterReplicaLogDir] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Dirs", &dirs)
  }

  public struct AlterReplicaLogDir: Structure {
    public var path: String = ""
    public var topics: [AlterReplicaLogDirTopic] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Path", &path)
      try c.array("Topics", &topics)
    }
  }

  public struct AlterReplicaLogDirTopic: Structure {
    public var name: String = ""
    public var partitions: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.array("Partitions", &partitions)
    }
  }
}
