# The people, queues and rights of the test, and one token of the console's account.
our @Queues = ({Name => 'Changes', Lifecycle => 'change'});
our @Groups = ({Name => 'Consoles'}, {Name => 'People'});
our @Users = map {
    {Name => $_, EmailAddress => "$_\@localhost", Password => "$_-secret", Privileged => 1}
} qw(console tomas ilka mara petra);
our @Members = map {
    {
        Group       => $_ eq 'console' ? 'Consoles' : 'People',
        GroupDomain => 'UserDefined',
        Class       => 'RT::User',
        Name        => $_,
    }
} qw(console tomas ilka mara petra);
our @Catalogs = ({Name => 'Services'}, {Name => 'Hosts'});
our @CustomFields = ({
    Name       => 'Plan digest',
    Type       => 'FreeformSingle',
    LookupType => 'RT::Queue-RT::Ticket',
    Queue      => ['Changes'],
}, map {
    {
        Name       => $_,
        Type       => 'FreeformSingle',
        LookupType => 'RT::Catalog-RT::Asset',
        ApplyTo    => ['Services'],
    }
} ('Service', 'Version'));
sub granted {
    my ($group, $queue, @rights) = @_;
    return map {
        {
            GroupDomain => 'UserDefined',
            GroupId     => $group,
            Right       => $_,
            $queue ? (Queue => $queue) : (),
        }
    } @rights;
}
our @ACL = (
    granted('Consoles', 'Changes', qw(SeeQueue ShowTicket ShowTicketComments CommentOnTicket)),
    granted('Consoles', 'Changes', qw(ModifyTicket SeeCustomField)),
    granted('Consoles', '___Approvals', qw(SeeQueue ShowTicket)),
    granted('People', undef, qw(SeeQueue ShowTicket ShowTicketComments CommentOnTicket)),
    granted('People', undef, qw(CreateTicket ModifyTicket OwnTicket)),
    granted('People', undef, qw(SeeCustomField ModifyCustomField)),
    granted('People', undef, qw(ShowCatalog ShowAsset CreateAsset ModifyAsset)),
    (map { {%$_, ObjectType => 'RT::Catalog', ObjectId => 'Services'} }
        granted('Consoles', undef, qw(ShowCatalog ShowAsset SeeCustomField))),
);
our @Final = (sub {
    require RT::AuthToken;
    my $owner = RT::CurrentUser->new('console');
    my ($done, $says, $token) = RT::AuthToken->new(RT->SystemUser)->Create(
        Owner       => $owner->id,
        Description => 'the console',
    );
    open my $file, '>', '@FOLDER@/token' or die $!;
    print {$file} $token;
    close $file;
});
1;
