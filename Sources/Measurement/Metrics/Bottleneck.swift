/// What holds the throughput.
public enum Bottleneck {
  /// From here on a station counts as near saturation.
  static let threshold = 0.7

  /// In words: `client produce-1: processor 97 % busy`, or `none: busiest is broker-2: disk, 43 % busy`.
  /// - Parameters:
  ///   - isOfClient: for each station.
  ///   - isSaturating: whether the load takes all that it can get; then something must limit it.
  ///   - publish: the mean publish latency, if there is one.
  static func text(_ stations: [StationMetrics], isOfClient: [Bool], isSaturating: Bool, publish: AttributedLatency?) -> String {
    var busiest: Int?
    // The first one, if several are equally busy.
    for place in stations.indices where busiest.map({ stations[place].utilisation > stations[$0].utilisation }) ?? true { busiest = place }
    guard let busiest else { return isSaturating ? held(by: publish)?.text ?? "none" : "none" }
    let station = stations[busiest]
    let name = "\(isOfClient[busiest] ? "client " : "")\(station.node): \(station.kind.rawValue)"
    let busy = "\(fixed(station.utilisation * 100, places: 0)) % busy"
    if station.utilisation >= threshold { return "\(name) \(busy)" }
    if let held = held(by: publish), isSaturating || held.holdsAnyLoad { return "\(held.text); busiest is \(name), \(busy)" }
    return "none: busiest is \(name), \(busy)"
  }

  /// The same for a table with little room: `produce-1: processor 97 %`, `in-flight limit 85 %`, `none (43 % busy)`.
  public static func short(_ text: String) -> String {
    if text.hasPrefix("none: ") { return "none (\(text.split(separator: ",").last.map { $0.drop { $0 == " " } } ?? ""))" }
    var short = text.prefix { $0 != ";" }
    if short.hasPrefix("client ") { short = short.dropFirst("client ".count) }
    for end in [" busy", " of a batch's time"] where short.hasSuffix(end) { short = short.dropLast(end.count) }
    for limit in ["in-flight limit:", "linger.ms:"] where short.hasPrefix(limit) { short = limit.dropLast() + short.dropFirst(limit.count) }
    return String(short)
  }

  /// What takes the larger part of a batch's time. A saturating load fills the producer's memory, so waiting for that says nothing. The in-flight limit and a leader that
  /// does not answer hold a load also where that is of a fixed rate.
  private static func held(by publish: AttributedLatency?) -> (text: String, holdsAnyLoad: Bool)? {
    guard let publish else { return nil }
    let terms = publish.terms.filter { $0.term != .schedule && $0.term != .buffer }
    let total = terms.reduce(0) { $0 + $1.milliseconds }
    guard let largest = terms.max(by: { $0.milliseconds < $1.milliseconds }), largest.milliseconds > total / 2 else { return nil }
    let part = "\(fixed(largest.milliseconds / total * 100, places: 0)) % of a batch's time"
    return switch largest.term {
    case .inFlight: ("in-flight limit: \(part)", true)
    case .batch: ("linger.ms: \(part)", false)
    case .retries: ("no answer or no leader: \(part)", true)
    default: nil
    }
  }
}
