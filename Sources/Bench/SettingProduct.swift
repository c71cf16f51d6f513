import Results

/// Every combination of the values of the varied settings, with the last key changing fastest.
struct SettingProduct {
  let varied: [VariedSetting]

  let count: Int

  /// nil if the number of combinations overflows.
  init?(varied: [VariedSetting]) {
    guard let count = VariedSetting.combinations(of: varied) else { return nil }
    self.varied = varied
    self.count = count
  }

  subscript(row: Int) -> [ChosenSetting] {
    var rest = row
    var chosen: [ChosenSetting] = []
    for setting in varied.reversed() {
      chosen.append(ChosenSetting(key: setting.key, value: setting.values[rest % setting.values.count]))
      rest /= setting.values.count
    }
    return chosen.reversed()
  }
}
