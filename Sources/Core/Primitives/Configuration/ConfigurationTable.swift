/// All settings of one configuration by their Kafka names.
///
/// ```swift
/// static let table = ConfigurationTable(defaults: LogConfiguration(), [
///   .integer("segment.bytes", \.segmentBytes, in: 1_048_576 ... .max),
///   .optionalMilliseconds("retention.ms", \.retention),
/// ])
/// let configuration = try LogConfiguration.table.configuration(from: [("retention.ms", "-1")])
/// ```
///
/// Reading is strict: an unknown name is refused, and the error says which name was probably meant.
public struct ConfigurationTable<Configuration: Sendable>: Sendable {
  public let defaults: Configuration
  /// In the order of the table, which is also the order in which values are applied: of two settings for the same property,
  /// the later one in the table wins.
  public let settings: [Setting<Configuration>]
  /// The index of each name in `settings`. Only for lookups.
  private let places: [String: Int]

  public init(defaults: Configuration, _ settings: [Setting<Configuration>]) {
    self.defaults = defaults
    self.settings = settings
    places = Dictionary(settings.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
  }

  public subscript(name: String) -> Setting<Configuration>? { places[name].map { settings[$0] } }

  public func contains(_ name: String) -> Bool { places[name] != nil }

  /// The configuration that results from applying values to `base`, or to the defaults.
  public func configuration(
    from values: some Collection<(String, String)>, over base: Configuration? = nil
  ) throws(ConfigurationError) -> Configuration {
    var configuration = base ?? defaults
    try apply(values, to: &configuration)
    return configuration
  }

  /// Changes the named settings. If it throws, some of them may have changed: apply it to a copy.
  public func apply(_ values: some Collection<(String, String)>, to configuration: inout Configuration) throws(ConfigurationError) {
    // A handful of many.
    var given: [(place: Int, value: String)] = []
    for (name, value) in values {
      guard let place = places[name] else { throw .unknownName(name, nearest: nearest(to: name)) }
      if let former = given.first(where: { $0.place == place }) {
        guard former.value == value else { throw .givenTwice(name: name) }
      } else {
        given.append((place, value))
      }
    }
    given.sort { $0.place < $1.place }
    for (place, value) in given { try settings[place].apply(value, to: &configuration) }
  }

  /// Every setting with its current value, in the order of the table.
  public func values(of configuration: Configuration) -> [(name: String, value: String)] {
    settings.map { ($0.name, $0.text(in: configuration)) }
  }

  /// The default of a setting as Kafka prints it, or nil if there is no such setting.
  public func defaultValue(of name: String) -> String? { self[name]?.text(in: defaults) }

  /// The name that was probably meant, or nil if none is near.
  public func nearest(to name: String) -> String? { nearestName(to: name, among: settings.lazy.map(\.name)) }
}
