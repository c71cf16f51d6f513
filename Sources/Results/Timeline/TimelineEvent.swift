import Primitives

/// One step in the course of a trial, for formats that show runs over time.
///
/// A trial reports them from the beginning of its story on, in the order in which they happened; `time` never decreases. Nodes and exchanges have numbers, which are not reused.
public struct TimelineEvent: Sendable {
  /// On the story's clock, which starts when the cluster is up.
  public let time: Duration
  public let content: Content

  public init(_ time: Duration, _ content: Content) {
    self.time = time
    self.content = content
  }

  public enum Content: Sendable {
    /// Introduces a node, before any other event with its number.
    case node(Int, name: String)

    /// - `leaving`: When the request leaves its requester, whose handler works from `time` until then; also for `responseSent`.
    case requestSent(TimelineExchange, bytes: Int, leaving: Duration)
    /// The request will not be answered (acks=0). Comes directly after `requestSent`.
    case requestNeedsNoResponse(exchange: Int)
    /// The responder starts on the request at `begun`, which is `time` or later.
    case requestTaken(exchange: Int, arrived: Duration, begun: Duration)
    case responseSent(exchange: Int, bytes: Int, TimelineExchange.Weight, leaving: Duration)
    case responseTaken(exchange: Int)
    /// The requester lost its connection, so that it takes no response; or the responder did, and sends none.
    case exchangeLost(exchange: Int, isRequester: Bool)
    /// A fault met a message on its way. `message` is such as `Fetch request`, and `fate` such as `dropped`.
    case messageDisturbed(message: String, from: Int, to: Int, fate: String)

    /// - `begun`: When the operation begins: `time` or later.
    case diskOperationBegun(node: Int, operation: Int, name: String, path: String, bytes: Int, begun: Duration)
    case diskOperationEnded(node: Int, operation: Int, error: String?)

    /// Something happened to the process of a node from outside, such as `is killed`.
    ///
    /// - `isEnd`: Whether the process is gone, and with it its operations.
    case process(node: Int, words: String, isEnd: Bool)
    /// A node reported something.
    case occurrence(node: Int, TimelineOccurrence)
    /// The schedule did something. What lasts ends with `deedEnded`.
    ///
    /// - `entry`: The number of the entry of the schedule.
    case deed(entry: Int, words: String, nodes: [Int], lasts: Bool)
    case deedEnded(entry: Int)
    /// A check found something wrong.
    case finding(String)

    /// A quantity has a new value. `subject` is such as `orders-0`, and `quantity` such as `high watermark`.
    case quantity(subject: String, quantity: String, Int64)
  }
}

/// A request with its response.
public struct TimelineExchange: Sendable, Equatable {
  public let number: Int
  public let requester: Int
  public let responder: Int
  /// Kafka's name of the API, such as `Produce`.
  public let api: String
  public let version: Int
  public let correlationID: Int32
  /// Of the request. A response has a weight of its own.
  public let weight: Weight

  /// What a message says beyond its sender being there.
  public enum Weight: Sendable {
    /// Nothing: a heartbeat.
    case presence
    /// It asks or tells what is: metadata, API versions, a fetch, a response to one without records.
    case inquiry
    /// It brings records of the metadata log, most often one that changes nothing (`NoOpRecord`).
    case metadata
    /// It brings other records, or acknowledges them.
    case records
    /// It changes something else.
    case decision
  }

  public init(number: Int, requester: Int, responder: Int, api: String, version: Int, correlationID: Int32, weight: Weight) {
    self.number = number
    self.requester = requester
    self.responder = responder
    self.api = api
    self.version = version
    self.correlationID = correlationID
    self.weight = weight
  }
}

/// What a node reported.
public struct TimelineOccurrence: Sendable {
  /// The same for everything of its kind, such as `leader elected`.
  public let name: String
  /// A sentence without its subject, such as `elected broker 2 leader of t-0 for epoch 1, ISR [2, 3]`.
  public let words: String
  public let details: [(key: String, value: JSON)]
  /// Whether it comes with each batch of records.
  public let isOfRecords: Bool

  public init(name: String, words: String, details: [(key: String, value: JSON)] = [], isOfRecords: Bool = false) {
    self.name = name
    self.words = words
    self.details = details
    self.isOfRecords = isOfRecords
  }
}
