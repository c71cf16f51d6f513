/// The plan of a chart: what it shows, and the gnuplot commands that draw it on any terminal.
///
/// The plan depends only on the report: the same report gives the same commands, and with one version of gnuplot the same bytes.
public struct Chart: Sendable, Equatable {
  /// The file name without extension: `latency-by-percentile`.
  public private(set) var name: String
  public let title: String
  /// A description for readers who cannot see the picture.
  public let description: String
  /// In pixels, at the size for a README.
  public let width: Int
  public let height: Int
  /// gnuplot commands: data blocks first, then one plot for each panel.
  public let script: String
  /// The titles of the parts of the drawing, in its order: shown when the pointer is over them.
  let curveTitles: [String]

  init(name: String, title: String, description: String, drawing: Drawing) {
    self.name = name
    self.title = title
    self.description = description
    self.width = drawing.width
    self.height = drawing.height
    self.script = drawing.script
    self.curveTitles = drawing.curveTitles
  }

  func named(_ prefix: String) -> Chart {
    var chart = self
    chart.name = prefix + name
    return chart
  }
}
