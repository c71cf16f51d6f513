/// A picture that is drawn without gnuplot, and its file, whose name is relative to the page.
struct PageDrawing: Sendable {
  let title: String
  /// An element for a page, which takes the page's colours.
  let element: String
  /// Without its ending.
  let file: String
}
