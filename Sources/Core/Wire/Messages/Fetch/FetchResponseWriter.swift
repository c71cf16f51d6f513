import Primitives

/// Writes a Fetch response topic by topic and partition by partition: what was read in the log goes straight into the frame, and the records into it as a
/// piece.
///
/// What it writes are the parts of the one description of the message, so it gives the bytes that the whole message would (`FetchResponseWriterTests`).
public struct FetchResponseWriter: ~Copyable {
  private var writer: FrameWriter
  private var response: FetchResponse

  /// - Parameters:
  ///   - response: what is said of the whole, without topics.
  ///   - topicCount: how many topics follow.
  public init(
    _ response: consuming FetchResponse, version: Int16, correlationID: Int32, topicCount: Int, in room: inout FrameRoom
  ) throws(WireError) {
    try FetchResponse.requireValid(version)
    var response = response
    var writer = try FrameWriter(in: &room, responseTo: .fetch, version: version, correlationID: correlationID)
    writer.continueWith(version: version, isFlexible: FetchResponse.flexibleVersions.contains(version))
    try response.describeBegin(&writer)
    try writer.put(length: topicCount, "Responses")
    self.writer = writer
    self.response = response
  }

  /// Begins a topic, which this many partitions follow.
  public mutating func begin(_ topic: inout FetchResponse.FetchableTopicResponse, partitionCount: Int) throws(WireError) {
    try topic.describeBegin(&writer)
    try writer.put(length: partitionCount, "Partitions")
  }

  public mutating func add(_ partition: inout FetchResponse.PartitionData) throws(WireError) {
    try FetchResponse.PartitionData.walk("Partitions", &partition, &writer)
  }

  /// To be called behind the last partition of each topic.
  public mutating func endTopic() { writer.endStructure() }

  /// The whole frame.
  ///
  /// - Parameter nodeEndpoints: where the leaders listen that partitions named.
  public consuming func finish(nodeEndpoints: [FetchResponse.NodeEndpoint]) throws(WireError) -> Frame {
    response.nodeEndpoints = nodeEndpoints
    try response.describeEnd(&writer)
    writer.endStructure()
    return writer.frame()
  }
}
