/// Resolves a path: in a scenario file it is relative to that file, on the command line to the working directory.
package func relativePath(_ path: String, namedAt place: Place, in scenarioFile: String) -> String {
  guard !path.hasPrefix("/"), place.source == scenarioFile, let slash = scenarioFile.lastIndex(of: "/") else { return path }
  return scenarioFile[...slash] + path
}
