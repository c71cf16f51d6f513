import Measurement

/// The content of a report, in parts from top to bottom, before it becomes HTML or Markdown.
struct Page {
  struct Section {
    /// Unique in the page; links lead to it.
    let id: String
    let heading: String
    var blocks: [Block]
  }

  indirect enum Block {
    case paragraph([Inline])
    case list([[Inline]])
    /// Names and values.
    case facts([(name: String, value: [Inline])])
    case table(PageTable)
    case command(String)
    /// Lines that keep their spaces.
    case lines([String])
    case picture(Picture)
    case drawing(PageDrawing)
    /// A heading inside of a section.
    case heading(String)
    /// Folded until the reader opens it.
    case details(String, [Block])
  }

  /// The part about one benchmark: several can be on one page.
  struct Part {
    let id: String
    var title: String
    let about: String
    /// The result as data: a file, relative to the page.
    var data: String?
    var sections: [Section]
  }

  var title: String
  var parts: [Part]
}

enum Inline {
  case text(String)
  case strong(String)
  case code(String)
}

extension Inline: ExpressibleByStringLiteral {
  init(stringLiteral text: String) { self = .text(text) }
}

/// A chart with its files, whose names are relative to the page.
struct Picture {
  let chart: Chart
  let svg: SVGPicture
  let file: String
}

extension [Picture] {
  /// The charts with this name, or with this name and a dash as a prefix, in their order.
  func blocks(named name: String) -> [Page.Block] {
    filter { $0.chart.name == name || $0.chart.name.hasPrefix(name + "-") }.map(Page.Block.picture)
  }
}

struct PageTable {
  struct Column {
    let heading: String
    let isNumber: Bool
    /// Long texts take several lines.
    var isWide = false

    static func text(_ heading: String) -> Column { Column(heading: heading, isNumber: false) }
    static func wide(_ heading: String) -> Column { Column(heading: heading, isNumber: false, isWide: true) }
    static func number(_ heading: String) -> Column { Column(heading: heading, isNumber: true) }
  }

  struct Cell {
    enum Mood: String { case plain, good, bad, unknown }

    let text: String
    /// The sort key of the cell; nil for its text.
    var key: Double?
    var mood = Mood.plain
    /// The length of a bar behind the figure, 0 to 1.
    var bar: Double?
    /// Whether it is the header of its row.
    var isName = false
  }

  let caption: String
  let columns: [Column]
  var rows: [[Cell]]
  /// Whether the reader can sort the table.
  var isSortable = false
  /// The rows to highlight.
  var marked: Set<Int> = []
}

extension PageTable.Cell: ExpressibleByStringLiteral {
  init(stringLiteral text: String) { self.init(text: text) }

  static func text(_ text: String, mood: Mood = .plain) -> Self { Self(text: text, mood: mood) }
  static func name(_ text: String) -> Self { Self(text: text, isName: true) }
  static func count(_ count: some BinaryInteger, mood: Mood = .plain) -> Self { Self(text: grouped(count), key: Double(count), mood: mood) }
  static func time(_ milliseconds: Double, bar: Double? = nil) -> Self {
    Self(text: milliseconds == 0 ? "0" : timeText(milliseconds: milliseconds), key: milliseconds, bar: bar)
  }
  static func time(_ milliseconds: Double?) -> Self { milliseconds.map { .time($0) } ?? .notMeasured }
  /// Nothing was measured.
  static let notMeasured = Self(text: "-")
  static func share(_ part: Double) -> Self { Self(text: percentText(part), key: part, bar: min(max(part, 0), 1)) }
  static func figure(_ value: Double, _ text: String) -> Self { Self(text: text, key: value) }
  static func figure(_ value: Double?, _ text: (Double) -> String) -> Self { value.map { .figure($0, text($0)) } ?? .notMeasured }
  /// A count that should be 0.
  static func harm(_ count: Int) -> Self { .count(count, mood: count > 0 ? .bad : .plain) }
}
