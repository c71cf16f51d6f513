import Measurement

extension LatencyTerm {
  /// A fixed colour for each term, in families: warm for the producer, blue for the network, green for the broker, rose for replication
  /// and consumer. Neighbours in a stack also differ in brightness.
  var colour: String {
    switch self {
    case .schedule: "#7f3b08"
    case .buffer: "#b35806"
    case .batch: "#e69f00"
    case .inFlight: "#f6cf71"
    case .retries: "#d55e00"
    case .clientCPU: "#c9b400"
    case .networkOut: "#56b4e9"
    case .requestQueue: "#00553d"
    case .brokerCPU: "#009e73"
    case .disk: "#8fd3bd"
    case .fsync: "#5e3c99"
    case .replication: "#cc79a7"
    case .networkBack: "#0072b2"
    case .clientAnswer: "#e8e07a"
    case .fetchWait: "#9a9a9a"
    case .fetchCPU: "#4dac6a"
    case .networkToConsumer: "#1f3f7a"
    case .consumer: "#eac3d8"
    case .roundTrip: "#c4c4c4"
    }
  }

  /// The colour of the remainder, when small terms are added up.
  static let restColour = "#6b6b6b"

  /// The name in a legend.
  var words: String {
    switch self {
    case .batch: "waiting for the batch"
    case .replication: "waiting for the ISR"
    case .buffer: "buffer or metadata"
    case .clientCPU: "client CPU"
    case .brokerCPU: "broker CPU"
    case .fetchCPU: "fetch CPU"
    case .retries: "no answer or no leader"
    default: rawValue
    }
  }
}
