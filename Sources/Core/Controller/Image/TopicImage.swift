import Primitives

/// A topic and its partitions, which are numbered from 0 without a gap.
public struct TopicImage: Equatable, Sendable {
  public var name: String
  public var id: Uuid
  public var partitions: [PartitionRegistration]

  public init(name: String, id: Uuid, partitions: [PartitionRegistration] = []) {
    self.name = name
    self.id = id
    self.partitions = partitions
  }

  public subscript(partition: Int32) -> PartitionRegistration? {
    partition >= 0 && Int(partition) < partitions.count ? partitions[Int(partition)] : nil
  }
}
