"""People who do not exist: names, numbers and addresses that pass every check of the import and lead to nobody."""

import datetime as dt
from random import Random

from stdnum.iso7064 import mod_11_2

from rulebook.tape import NewBorrower, NewContact

SURNAMES = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰红建文志海峰晓梅云春秋雪晨宇欣怡子涵浩然思雨佳琪"
PLACES = (
    ("上海市", "上海市", "浦东新区世纪大道"),
    ("北京市", "北京市", "海淀区中关村大街"),
    ("江苏省", "南京市", "鼓楼区中山路"),
    ("浙江省", "杭州市", "西湖区文三路"),
    ("广东省", "广州市", "天河区体育东路"),
    ("广东省", "深圳市", "南山区科苑路"),
    ("福建省", "厦门市", "思明区湖滨南路"),
    ("四川省", "成都市", "武侯区人民南路"),
    ("湖北省", "武汉市", "洪山区珞喻路"),
    ("陕西省", "西安市", "雁塔区长安南路"),
)
# The ranges of mobile numbers; the digits after them count up from zero, where no network has a subscriber.
PHONE_RANGES = ("135", "150", "166", "188", "198")
PHONE_SOURCES = ("contract", "contract", "contract", "left_by_borrower", "authorised")
RELATIONS = ("spouse", "parent", "sibling", "colleague", "friend")
CONTACT_SOURCES = ("contract", "reserved_contact")
# No place in China has this area code, so the number can be nobody's.
AREA = "990000"
YOUNGEST, OLDEST = 20, 60
CONTACT_SHARE = 0.5
CONTACTS_START = 50_000


def id_number(born_on: dt.date, order: int) -> str:
    """An ID number with a right check digit and an area that does not exist."""
    digits = f"{AREA}{born_on:%Y%m%d}{order % 1000:03d}"
    return digits + str(mod_11_2.calc_check_digit(digits))


def borrower_no(number: int) -> str:
    """The reference of a demo borrower; a lender's own never begin with D."""
    return f"D{number:07d}"


def make_borrower(number: int, dice: Random, on: dt.date) -> NewBorrower:
    """The borrower with this number, aged 20 to 60 on a day."""
    province, city, street = dice.choice(PLACES)
    age = dt.timedelta(days=dice.randrange(YOUNGEST * 366, OLDEST * 365))
    return NewBorrower(
        borrower_no=borrower_no(number),
        name=_name(dice),
        id_number=id_number(on - age, number),
        phone=_phone(number, dice),
        phone_source=dice.choice(PHONE_SOURCES),
        email=f"d{number}@example.test" if dice.random() < 0.9 else "",
        province=province,
        city=city,
        address=f"{street}{dice.randrange(1, 999)}号{dice.randrange(1, 30)}栋{dice.randrange(101, 2605)}室",
        language="en" if dice.random() < 0.03 else "zh-hans",
    )


def make_contacts(number: int, dice: Random) -> list[NewContact]:
    """Nobody, or one person whom the borrower named."""
    if dice.random() >= CONTACT_SHARE:
        return []
    return [
        NewContact(
            borrower_no=borrower_no(number),
            name=_name(dice),
            relation=dice.choice(RELATIONS),
            phone=_phone(number + CONTACTS_START, dice),
            source=dice.choice(CONTACT_SOURCES),
        )
    ]


def _name(dice: Random) -> str:
    return dice.choice(SURNAMES) + "".join(dice.choice(GIVEN) for _letter in range(dice.choice((1, 2, 2))))


def _phone(number: int, dice: Random) -> str:
    return f"+86{dice.choice(PHONE_RANGES)}{number:08d}"
