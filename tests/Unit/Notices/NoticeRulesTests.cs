using System.Collections.Immutable;
using LimoCha.Actors.Devices;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Notices;
using LimoCha.Actors.Staff;
using static LimoCha.Actors.Unit.Tasks.TaskGivens;

namespace LimoCha.Actors.Unit.Notices;

public sealed class NoticeRulesTests
{
    private static readonly PublishNotice Everyone = new() { Title = "停机维护", Audience = new() { Kind = AudienceKind.Everyone } };
    private static readonly PublishNotice ToEast = new() { Title = "例会", Audience = new() { Kind = AudienceKind.Department, DepartmentId = East } };

    [Fact]
    public void Managers_publish_to_their_department_and_the_rest_is_an_admins()
    {
        Publish(ToEast, Manager).Should().BeNull();
        Publish(ToEast, OtherManager)!.Kind.Should().Be(RefusalKind.Forbidden);
        Publish(Everyone, Manager)!.Kind.Should().Be(RefusalKind.Forbidden);
        Publish(ToEast with { Mandatory = true }, Manager)!.Kind.Should().Be(RefusalKind.Forbidden);
        Publish(Everyone with { Mandatory = true }, Admin).Should().BeNull();
        Publish(ToEast, Assignee)!.Kind.Should().Be(RefusalKind.Forbidden);
    }

    [Fact]
    public void Bad_input_names_the_field()
    {
        Publish(Everyone with { Title = " " }, Admin)!.Field.Should().Be("title");
        Publish(Everyone with { Audience = null }, Admin)!.Field.Should().Be("audience");
        Publish(Everyone with { Audience = new() { Kind = AudienceKind.Department } }, Admin)!.Field.Should().Be("audience.departmentId");
        Publish(Everyone with { Audience = new() { Kind = AudienceKind.People, UserIds = [] } }, Admin)!.Field.Should().Be("audience.userIds");
        Publish(Everyone with { ExpiresAt = Now }, Admin)!.Field.Should().Be("expiresAt");
        Publish(Everyone with { ExpiresAt = Now.AddYears(2) }, Admin)!.Problem.Should().Be("due-too-far");
    }

    [Fact]
    public void A2_a_category_that_is_off_is_not_shown_and_a_mandatory_notice_is_all_the_same()
    {
        var person = new UserState { Made = true, Preferences = new() { DeviceOff = ["news", "task"] } };
        NoticeRules.Wants(person, Card("news", mandatory: false)).Should().BeFalse();
        NoticeRules.Wants(person, Card("news", mandatory: true)).Should().BeTrue();
        NoticeRules.Wants(person, new() { Kind = "task", Category = "task" }).Should().BeTrue("tasks are always shown");
        var read = Card("other", mandatory: true);
        NoticeRules.Wants(person with { NoticesRead = person.NoticesRead.SetItem(read.Id, Now) }, read).Should().BeFalse("what was read is not shown again");
    }

    [Fact]
    public void An_audience_is_who_it_says()
    {
        NoticeRules.IsFor(Of(ToEast), Assignee).Should().BeTrue();
        NoticeRules.IsFor(Of(ToEast), OtherManager).Should().BeFalse();
        NoticeRules.IsFor(Of(ToEast with { Audience = new() { Kind = AudienceKind.Managers, DepartmentId = East } }), Assignee).Should().BeFalse();
        NoticeRules.IsFor(Of(ToEast with { Audience = new() { Kind = AudienceKind.Managers, DepartmentId = East } }), Manager).Should().BeTrue();
        NoticeRules.IsFor(Of(ToEast with { Audience = new() { Kind = AudienceKind.People, UserIds = [Auditor.UserId] } }), Auditor).Should().BeTrue();
    }

    [Fact]
    public void What_was_read_is_remembered_for_the_last_thousand()
    {
        var read = ImmutableDictionary<Guid, DateTimeOffset>.Empty;
        var first = Guid.NewGuid();
        read = NoticeRules.Remember(read, first, Now);
        for (var i = 1; i <= 1_000; i++)
        {
            read = NoticeRules.Remember(read, Guid.NewGuid(), Now.AddSeconds(i));
        }

        read.Should().HaveCount(1_000).And.NotContainKey(first);
    }

    private static Refusal? Publish(PublishNotice notice, Actor by) => NoticeRules.Publish(new(), notice, by, Now).Refusal;

    private static NoticeState Of(PublishNotice notice) => new() { Notice = notice, PublishedAt = Now, ExpiresAt = Now.AddDays(1) };

    private static Card Card(string category, bool mandatory) => new() { Id = Guid.NewGuid(), Kind = NoticeRules.CardKind, Category = category, Mandatory = mandatory, Version = 1 };
}
