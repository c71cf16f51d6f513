/// Where the time goes: each latency as a sum of terms.
public struct Attribution: Codable, Sendable, Equatable {
  public var publish: [AttributedLatency]
  public var endToEnd: [AttributedLatency]

  public init(publish: [AttributedLatency], endToEnd: [AttributedLatency]) {
    self.publish = publish
    self.endToEnd = endToEnd
  }
}

/// The mean latency, or that of the records around a percentile, term by term. The terms add up to the total.
public struct AttributedLatency: Codable, Sendable, Equatable {
  /// `mean`, `p50`, `p90`, `p99`, `p99.9`.
  public var of: String
  /// The number of records that it is averaged over.
  public var records: Int
  public var milliseconds: Double
  public var terms: [TermTime]

  public init(of: String, records: Int, milliseconds: Double, terms: [TermTime]) {
    self.of = of
    self.records = records
    self.milliseconds = milliseconds
    self.terms = terms
  }

  /// The time of one term; zero where it is not among the terms.
  public func milliseconds(of term: LatencyTerm) -> Double { terms.first { $0.term == term }?.milliseconds ?? 0 }
}

public struct TermTime: Codable, Sendable, Equatable {
  public var term: LatencyTerm
  public var milliseconds: Double

  public init(_ term: LatencyTerm, milliseconds: Double) {
    self.term = term
    self.milliseconds = milliseconds
  }
}

/// What a record waits for, in chronological order. Publish latency ends with `clientAnswer`; end-to-end latency
/// leaves out what only the producer waits for, and continues with the consumer's part.
public enum LatencyTerm: String, Codable, Sendable, CaseIterable {
  /// The schedule wanted it sent, but the application was still busy.
  case schedule
  /// `send` waited for `buffer.memory` or for metadata.
  case buffer
  /// The batch waited for more records: it was not full, and `linger.ms` was not over.
  case batch
  /// The batch was due, but the connection had `max.in.flight.requests.per.connection` requests under way, or none was open yet.
  case inFlight = "in-flight limit"
  /// Attempts before the last one, of the batch itself or of one ahead of it: no answer came, or there was no leader to ask.
  case retries
  /// The client's processor: building the request, compressing, and waiting for a core.
  case clientCPU = "client cpu"
  case networkOut = "network out"
  /// The request waited for a core of the broker, or for the previous request of its connection.
  case requestQueue = "request queue"
  case brokerCPU = "broker cpu"
  /// The broker waited for its disk: the page cache was full of unwritten pages, or a read missed it.
  case disk
  /// `flush.messages` required a sync first.
  case fsync
  /// Waiting for the in-sync replicas: until the high watermark passed.
  case replication
  case networkBack = "network back"
  /// The response waited for a core of the client.
  case clientAnswer = "client answer"
  /// Visible, but not yet part of a response: no fetch was there, or one waited for more bytes.
  case fetchWait = "fetch wait"
  case fetchCPU = "fetch cpu"
  case networkToConsumer = "network to consumer"
  /// The fetch response waited for a core of the consumer, or for records before it to be taken.
  case consumer
  /// The part of a round trip that cannot be split: on real sockets the parts are not visible.
  case roundTrip = "round trip"
}
