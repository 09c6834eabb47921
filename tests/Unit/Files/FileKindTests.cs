using System.Text;
using LimoCha.Actors.Files;

namespace LimoCha.Actors.Unit.Files;

public sealed class FileKindTests
{
    [Theory]
    [InlineData("FFD8FFE000104A464946", "image/jpeg")]
    [InlineData("89504E470D0A1A0A0000000D49484452", "image/png")]
    [InlineData("524946460000000057454250565038", "image/webp")]
    [InlineData("000000186674797068656963000000006D696631", "image/heic")]
    [InlineData("255044462D312E37", "application/pdf")]
    [InlineData("4D5A90000300", null)]
    [InlineData("7F454C460201", null)]
    public void A_file_is_what_its_first_bytes_say(string hex, string? type) => FileKind.Of(Convert.FromHexString(hex)).Should().Be(type);

    [Fact]
    public void Text_is_UTF_8_without_control_characters()
    {
        FileKind.Of(Encoding.UTF8.GetBytes("客户签收\r\n")).Should().Be("text/plain; charset=utf-8");
        FileKind.Of(Encoding.GetEncoding("ISO-8859-1").GetBytes("Größe")).Should().BeNull();
    }
}
