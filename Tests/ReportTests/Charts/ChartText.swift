import Foundation

/// The texts of a picture, each with the rectangle that it takes: the letters' widths are those of the font that charts ask for.
struct ChartText: CustomStringConvertible {
  let text: String
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double

  var description: String { "'\(text)' at \(Int(left)),\(Int(top))..\(Int(right)),\(Int(bottom))" }

  /// All texts of an SVG that `SVGPicture` made.
  static func all(in svg: String) -> [ChartText] {
    svg.matches(of: /<text ([^>]*)>([^<]+)<\/text>/).compactMap { match in
      let attributes = String(match.1)
      let text = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")].reduce(String(match.2)) { $0.replacing($1.0, with: $1.1) }
      guard let place = attributes.firstMatch(of: /translate\(([-\d.]+),([-\d.]+)\)/), let x = Double(place.1), let y = Double(place.2) else { return nil }
      let size = attributes.firstMatch(of: /font-size="([\d.]+)"/).flatMap { Double($0.1) } ?? 12
      let width = text.reduce(0) { $0 + advance(of: $1) } * size * (attributes.contains("bold") ? 1.08 : 1)
      let before = attributes.contains("\"middle\"") ? width / 2 : attributes.contains("\"end\"") ? width : 0
      // Upright text runs upwards from its place.
      if attributes.contains("rotate") { return ChartText(text: text, left: x - size * 0.75, right: x + size * 0.2, top: y - width + before, bottom: y + before) }
      return ChartText(text: text, left: x - before, right: x - before + width, top: y - size * 0.75, bottom: y + size * 0.2)
    }
  }

  /// Pairs of texts that run into each other, and texts that leave the picture.
  static func collisions(in svg: String, width: Int, height: Int) -> [String] {
    let texts = all(in: svg)
    var found = texts.filter { $0.left < 0 || $0.top < 0 || $0.right > Double(width) || $0.bottom > Double(height) }.map { "\($0) leaves the picture" }
    for (index, first) in texts.enumerated() {
      for second in texts[(index + 1)...] where first.left < second.right - 1 && second.left < first.right - 1 && first.top < second.bottom - 1 && second.top < first.bottom - 1 {
        found.append("\(first) runs into \(second)")
      }
    }
    return found
  }

  /// Of DejaVu Sans, in ems.
  private static func advance(of letter: Character) -> Double {
    switch letter {
    case " ", ".", ",", ":", ";", "'", "/", "|", "f", "r", "t", "I", "(", ")": 0.37
    case "i", "j", "l": 0.28
    case "m", "w", "M", "W", "%", "…": 0.95
    case "A"..."Z": 0.7
    case "=", "+", "<", ">": 0.84
    default: 0.61
    }
  }
}
