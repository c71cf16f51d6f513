/// The style that all charts share: size, fonts, colours, line widths.
///
/// The colours are those of Okabe and Ito, which people with any kind of colour vision can distinguish; the ones that differ most come
/// first, and their yellow, which is not visible on white, is left out. Lines also differ in dash and mark.
enum ChartStyle {
  static let width = 800
  static let font = "DejaVu Sans"
  /// In pixels.
  static let fontSize = 12
  static let titleSize = 15
  static let smallSize = 11
  /// The width of an average letter at `fontSize`.
  static let letterWidth = 6.7
  static let smallLetterWidth = 5.9
  static let boldLetterWidth = 7.4

  static let paper = "#ffffff"
  static let ink = "#222222"
  static let quietInk = "#5a5a5a"
  static let axis = "#8a8a8a"
  static let grid = "#e2e2e2"

  static let blue = "#0072b2"
  static let vermillion = "#d55e00"
  static let green = "#009e73"
  static let orange = "#e69f00"
  static let purple = "#cc79a7"
  static let sky = "#56b4e9"
  static let grey = "#7f7f7f"
  static let olive = "#8f8700"

  static let series = [blue, vermillion, green, orange, purple, sky, grey, olive]
  static let dashes = ["solid", "solid", "solid", "solid", "(8,3)", "(8,3)", "(3,3)", "(3,3)"]
  /// gnuplot's numbers of marks: filled circle, square, triangle up and down, diamond, and their outlines.
  static let marks = [7, 5, 9, 11, 13, 6, 4, 8]
  static let lineWidth = 2.0

  /// The most rows whose lines one chart overlays.
  static var seriesLimit: Int { series.count }
  /// The most rows that one chart lists.
  static let rowLimit = 40

  /// The lines that open each panel.
  static let panelPreamble = """
    reset
    set encoding utf8
    unset key
    set border 3 linecolor rgb '\(axis)' linewidth 1
    set grid xtics ytics back linetype 1 linecolor rgb '\(grid)' linewidth 1
    set tics nomirror out scale 0.5 textcolor rgb '\(ink)'

    """

  /// Opens the terminal for vector graphics.
  static func svgTerminal(width: Int, height: Int) -> String {
    "set terminal svg noenhanced size \(width),\(height) font '\(font),\(fontSize)' background '\(paper)'"
  }

  /// Opens the terminal for pixels, with doubled resolution for dense screens. This terminal takes font sizes in points, of which
  /// 0.75 are a pixel.
  static func pngTerminal(width: Int, height: Int) -> String {
    "set terminal pngcairo noenhanced size \(2 * width),\(2 * height) font '\(font),\(fontSize)' fontscale 1.5 linewidth 2 pointscale 2 background '\(paper)'"
  }
}
