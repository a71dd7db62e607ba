import Basics

/// A first line `sep=;`, by which spreadsheet programs say what separates the fields below it.
struct SeparatorLine {
    var delimiter: Delimiter
    /// Where the next line begins.
    var end: Int

    /// Looks for the line at the beginning of a text; `nil` where it begins otherwise.
    ///
    /// - Throws: `ForesightError.data` for a separator that we do not know.
    init?(_ bytes: UnsafeBufferPointer<UInt8>, start: Int, source: String) throws {
        let line = bytes[start...].prefix(16).prefix { $0 != Ascii.newline && $0 != Ascii.carriageReturn }
        // The separator is one character; a name such as sep=1 would be a strange one for a column.
        guard line.count == 5, line.prefix(4).elementsEqual("sep=".utf8) || line.prefix(4).elementsEqual("SEP=".utf8),
            let byte = line.last, !Ascii.isDigit(byte), line.endIndex < bytes.count
        else { return nil }
        guard let known = Delimiter.allCases.first(where: { $0.byte == byte }) else {
            throw ForesightError.data(
                "\(source): the first line says that fields end at '\(Character(Unicode.Scalar(byte)))'",
                remedy: "separate them by commas, semicolons or tabs")
        }
        delimiter = known
        let isPair =
            bytes[line.endIndex] == Ascii.carriageReturn && line.endIndex + 1 < bytes.count
            && bytes[line.endIndex + 1] == Ascii.newline
        end = line.endIndex + (isPair ? 2 : 1)
    }
}
