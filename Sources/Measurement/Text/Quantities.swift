// Figures in words: three significant digits, and the unit that makes them short.

/// A time in the unit that reads best: `850 µs`, `1.25 ms`, `12 s`.
public func timeText(milliseconds: Double) -> String {
  switch milliseconds.magnitude {
  case 0: "0 ms"
  case ..<0.9995: "\(figureText(milliseconds * 1_000)) µs"
  case ..<999.5: "\(figureText(milliseconds)) ms"
  default: "\(figureText(milliseconds / 1_000)) s"
  }
}

/// A count or a rate: `850`, `1.2k`, `200k`, `1.5M`.
public func countText(_ count: Double) -> String {
  switch count.magnitude {
  case ..<999.5: figureText(count)
  case ..<999_500: "\(figureText(count / 1_000))k"
  case ..<999_500_000: "\(figureText(count / 1_000_000))M"
  default: "\(figureText(count / 1_000_000_000))G"
  }
}

/// A rate in full: `1 000 000`, `9.5`.
public func rateText(_ rate: Double) -> String { rate.rounded() == rate || rate >= 100 ? grouped(Int64(rounding: rate)) : figureText(rate) }

/// A count of bytes in powers of 1024: `16 KiB`.
public func bytesText(_ bytes: Double) -> String {
  let units = ["B", "KiB", "MiB", "GiB", "TiB"]
  var value = bytes, unit = 0
  while value.magnitude >= 1_024, unit < units.count - 1 {
    value /= 1_024
    unit += 1
  }
  return "\(figureText(value)) \(units[unit])"
}

/// An amount that was moved, by powers of 1000 as rates are: `30.7 MB`.
public func volumeText(_ bytes: Double) -> String {
  switch bytes.magnitude {
  case ..<999.5: "\(figureText(bytes)) B"
  case ..<999_500: "\(figureText(bytes / 1e3)) kB"
  case ..<999_500_000: "\(figureText(bytes / 1e6)) MB"
  default: "\(figureText(bytes / 1e9)) GB"
  }
}

/// A time to the nanosecond, in the unit in which it reads best: `255.777 µs`, `5 ms`.
public func exactTimeText(nanoseconds: Int64) -> String {
  switch nanoseconds.magnitude {
  case ..<1_000: "\(nanoseconds) ns"
  case ..<1_000_000: "\(shortest(Double(nanoseconds) / 1e3)) µs"
  case ..<1_000_000_000: "\(shortest(Double(nanoseconds) / 1e6)) ms"
  default: "\(fixed(Double(nanoseconds) / 1e9, places: 9)) s"
  }
}

/// Three significant digits, without zeros that say nothing: `1.25`, `0.1`, `12`, `1234`.
public func figureText(_ value: Double) -> String {
  guard value.isFinite else { return "-" }
  let places = switch value.magnitude {
  case 0: 0
  case ..<0.0995: 4
  case ..<0.9995: 3
  case ..<9.995: 2
  case ..<99.95: 1
  default: 0
  }
  let text = fixed(value, places: places)
  guard text.contains(".") else { return text }
  let trimmed = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
  return String(trimmed.reversed())
}

/// A fraction of the whole: `0.4 %`, `97 %`.
public func percentText(_ part: Double) -> String {
  let percent = part * 100
  return "\(fixed(percent, places: percent.magnitude < 9.95 ? 1 : 0)) %"
}
