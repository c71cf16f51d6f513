/// A key that is a name of its own, and no property's: of a setting or of a station.
struct NameKey: CodingKey {
  let stringValue: String
  let intValue: Int? = nil

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
