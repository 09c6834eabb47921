using LimoCha.Actors.Kernel;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.Unit.Kernel;

/// <summary>What nothing that is sent may have, wherever it stands; the quick look is not sure of any of it.</summary>
public sealed class ContentsTests
{
    public static TheoryData<object, string> Faults => new()
    {
        { new CreateTask { Title = "a\0b" }, "Title" },
        { new CreateTask { Title = "a", Checklist = ["a", "\0"] }, "Checklist[1]" },
        { new CreateTask { Title = "a", Escalations = [null!] }, "Escalations[0]" },
        { new CreateTask { Title = "a", Assignment = new() { Skills = null! } }, "Assignment.Skills" },
        { new PushPreferences { Off = null! }, "Off" },
    };

    [Theory, MemberData(nameof(Faults))]
    public void A_fault_is_found_and_its_field_named(object value, string field)
    {
        QuickCheck.Passes(value).Should().BeFalse();
        Contents.Fault(value)!.Value.Field.Should().Be(field);
    }

    [Fact]
    public void What_may_be_left_out_may_be_null_and_every_other_character_may_stand_in_a_text()
    {
        var task = new CreateTask { Title = "\u0001 \u202e 拜访 😀 \\u0000", Description = null, Checklist = null, Assignment = null };
        QuickCheck.Passes(task).Should().BeTrue();
        Contents.Fault(task).Should().BeNull();
    }
}
