"""The object detector's eighty classes (COCO's), under Rekognition's names, with what each is a kind of.

Names, parents and categories follow Rekognition's published label list where it has the object; the rest of the
table is made by hand in the same manner.
"""

from __future__ import annotations

from dataclasses import dataclass

_ANIMALS = "Animals and Pets"
_APPAREL = "Apparel and Accessories"
_APPLIANCES = "Home Appliances"
_CARE = "Beauty and Personal Care"
_COMPUTING = "Technology and Computing"
_EVERYDAY = "Everyday Objects"
_FOOD = "Food and Beverage"
_FURNITURE = "Furniture and Furnishings"
_INDOORS = "Home and Indoors"
_LOGISTICS = "Transport and Logistics"
_PEOPLE = "Person Description"
_PLANTS = "Plants and Flowers"
_SPORTS = "Sports"
_SYMBOLS = "Symbols and Flags"
_TOOLS = "Tools and Machinery"
_TOYS = "Toys and Gaming"
_TRAVEL = "Travel and Adventure"
_VEHICLES = "Vehicles and Automotive"


@dataclass(frozen=True, slots=True)
class Term:
    """A label, what it is a kind of (directly), its other names and its category."""

    name: str
    parents: tuple[str, ...]
    category: str
    aliases: tuple[str, ...] = ()


CLASSES: tuple[Term, ...] = (  # in the order of the detector's class numbers
    Term("Person", (), _PEOPLE, ("Human",)),
    Term("Bicycle", ("Vehicle",), _VEHICLES, ("Bike",)),
    Term("Car", ("Vehicle",), _VEHICLES, ("Automobile",)),
    Term("Motorcycle", ("Vehicle",), _VEHICLES),
    Term("Airplane", ("Aircraft",), _VEHICLES),
    Term("Bus", ("Vehicle",), _VEHICLES),
    Term("Train", ("Vehicle",), _VEHICLES),
    Term("Truck", ("Vehicle",), _VEHICLES),
    Term("Boat", ("Vehicle",), _VEHICLES),
    Term("Traffic Light", ("Light",), _LOGISTICS),
    Term("Fire Hydrant", ("Hydrant",), _EVERYDAY),
    Term("Stop Sign", ("Road Sign",), _LOGISTICS, ("Stopsign",)),
    Term("Parking Meter", (), _LOGISTICS),
    Term("Bench", ("Furniture",), _FURNITURE),
    Term("Bird", ("Animal",), _ANIMALS),
    Term("Cat", ("Mammal", "Pet"), _ANIMALS),
    Term("Dog", ("Canine", "Pet"), _ANIMALS),
    Term("Horse", ("Mammal",), _ANIMALS),
    Term("Sheep", ("Livestock", "Mammal"), _ANIMALS),
    Term("Cow", ("Livestock", "Mammal"), _ANIMALS),
    Term("Elephant", ("Mammal", "Wildlife"), _ANIMALS),
    Term("Bear", ("Mammal", "Wildlife"), _ANIMALS),
    Term("Zebra", ("Mammal", "Wildlife"), _ANIMALS),
    Term("Giraffe", ("Mammal", "Wildlife"), _ANIMALS),
    Term("Backpack", ("Bag",), _APPAREL),
    Term("Umbrella", ("Canopy",), _EVERYDAY),
    Term("Handbag", ("Accessories", "Bag"), _APPAREL, ("Purse",)),
    Term("Tie", ("Accessories", "Formal Wear"), _APPAREL, ("Necktie",)),
    Term("Suitcase", ("Baggage",), _TRAVEL),
    Term("Frisbee", ("Toy",), _TOYS),
    Term("Skis", ("Sports Equipment",), _SPORTS),
    Term("Snowboard", ("Sports Equipment",), _SPORTS),
    Term("Ball", ("Sports Equipment",), _SPORTS),
    Term("Kite", ("Toy",), _TOYS),
    Term("Baseball Bat", ("Sports Equipment",), _SPORTS),
    Term("Baseball Glove", ("Sports Equipment",), _SPORTS),
    Term("Skateboard", ("Sports Equipment",), _SPORTS),
    Term("Surfboard", ("Sports Equipment",), _SPORTS),
    Term("Tennis Racket", ("Sports Equipment",), _SPORTS),
    Term("Bottle", (), _EVERYDAY),
    Term("Wine Glass", ("Glass",), _EVERYDAY, ("Goblet",)),
    Term("Cup", (), _EVERYDAY),
    Term("Fork", ("Cutlery",), _INDOORS),
    Term("Knife", ("Cutlery",), _INDOORS),
    Term("Spoon", ("Cutlery",), _INDOORS),
    Term("Bowl", (), _INDOORS),
    Term("Banana", ("Fruit",), _FOOD),
    Term("Apple", ("Fruit",), _FOOD),
    Term("Sandwich", ("Food",), _FOOD),
    Term("Orange", ("Fruit",), _FOOD),
    Term("Broccoli", ("Vegetable",), _FOOD),
    Term("Carrot", ("Vegetable",), _FOOD),
    Term("Hot Dog", ("Food",), _FOOD),
    Term("Pizza", ("Food",), _FOOD),
    Term("Donut", ("Sweets",), _FOOD, ("Doughnut",)),
    Term("Cake", ("Dessert",), _FOOD),
    Term("Chair", ("Furniture",), _FURNITURE),
    Term("Couch", ("Furniture",), _FURNITURE, ("Sofa",)),
    Term("Potted Plant", ("Plant",), _PLANTS),
    Term("Bed", ("Furniture",), _FURNITURE),
    Term("Dining Table", ("Table",), _FURNITURE),
    Term("Toilet", ("Bathroom",), _INDOORS),
    Term("TV", ("Screen",), _COMPUTING, ("Television",)),
    Term("Laptop", ("Computer",), _COMPUTING, ("Notebook Computer",)),
    Term("Mouse", ("Computer Hardware",), _COMPUTING),
    Term("Remote Control", ("Electronics",), _COMPUTING),
    Term("Computer Keyboard", ("Computer Hardware",), _COMPUTING),
    Term("Mobile Phone", ("Phone",), _COMPUTING, ("Cell Phone",)),
    Term("Microwave", ("Appliance",), _APPLIANCES),
    Term("Oven", ("Appliance",), _APPLIANCES),
    Term("Toaster", ("Appliance",), _APPLIANCES),
    Term("Sink", (), _INDOORS),
    Term("Refrigerator", ("Appliance",), _APPLIANCES, ("Fridge",)),
    Term("Book", ("Publication",), _EVERYDAY),
    Term("Clock", (), _EVERYDAY),
    Term("Vase", ("Pottery",), _INDOORS),
    Term("Scissors", ("Tool",), _TOOLS),
    Term("Teddy Bear", ("Toy",), _TOYS),
    Term("Hair Dryer", ("Appliance",), _APPLIANCES),
    Term("Toothbrush", ("Brush",), _CARE),
)

_KINDS: tuple[Term, ...] = (
    Term("Accessories", (), _APPAREL),
    Term("Aircraft", ("Vehicle",), _VEHICLES),
    Term("Animal", (), _ANIMALS),
    Term("Appliance", ("Electrical Device",), _APPLIANCES),
    Term("Bag", (), _APPAREL),
    Term("Baggage", (), _TRAVEL, ("Luggage",)),
    Term("Bathroom", ("Room",), _INDOORS),
    Term("Brush", ("Tool",), _TOOLS),
    Term("Canine", ("Mammal",), _ANIMALS),
    Term("Canopy", (), _EVERYDAY),
    Term("Computer", ("Electronics",), _COMPUTING),
    Term("Computer Hardware", ("Electronics", "Hardware"), _COMPUTING),
    Term("Cutlery", (), _INDOORS),
    Term("Dessert", ("Food",), _FOOD),
    Term("Device", (), _TOOLS),
    Term("Electrical Device", ("Device",), _APPLIANCES),
    Term("Electronics", (), _COMPUTING),
    Term("Food", (), _FOOD),
    Term("Formal Wear", (), _APPAREL),
    Term("Fruit", ("Plant", "Produce"), _FOOD),
    Term("Furniture", (), _FURNITURE),
    Term("Glass", (), _EVERYDAY),
    Term("Hardware", (), _COMPUTING),
    Term("Hydrant", (), _EVERYDAY),
    Term("Indoors", (), _INDOORS),
    Term("Light", (), _EVERYDAY),
    Term("Livestock", ("Animal",), _ANIMALS),
    Term("Mammal", ("Animal",), _ANIMALS),
    Term("Pet", ("Animal",), _ANIMALS),
    Term("Phone", ("Electronics",), _COMPUTING),
    Term("Plant", (), _PLANTS),
    Term("Pottery", (), _INDOORS),
    Term("Produce", ("Food",), _FOOD),
    Term("Publication", (), _EVERYDAY),
    Term("Road Sign", ("Sign",), _LOGISTICS),
    Term("Room", ("Indoors",), _INDOORS),
    Term("Screen", ("Electronics",), _COMPUTING),
    Term("Sign", ("Symbol",), _SYMBOLS),
    Term("Sports Equipment", (), _SPORTS),
    Term("Sweets", ("Food",), _FOOD),
    Term("Symbol", (), _SYMBOLS),
    Term("Table", ("Furniture",), _FURNITURE),
    Term("Tool", ("Device",), _TOOLS),
    Term("Toy", (), _TOYS),
    Term("Transportation", (), _VEHICLES),
    Term("Vegetable", ("Plant", "Produce"), _FOOD),
    Term("Vehicle", ("Transportation",), _VEHICLES),
    Term("Wildlife", ("Animal",), _ANIMALS),
)

TERMS: dict[str, Term] = {term.name: term for term in (*CLASSES, *_KINDS)}


def ancestors(name: str) -> tuple[str, ...]:
    """All that a label is a kind of, at any remove, in alphabetical order as Rekognition lists them."""
    parents = TERMS[name].parents
    return tuple(sorted({*parents, *(elder for parent in parents for elder in ancestors(parent))}))
